import type { Bug } from './bug.ts'
import { LOOP_BUGS } from './bugs/loop.ts'
import { MIRROR_BUGS } from './bugs/mirror.ts'
import { PEOPLE_BUGS } from './bugs/people.ts'
import { RULES_BUGS } from './bugs/rules.ts'
import { SCREEN_BUGS } from './bugs/screen.ts'
import { STATE_BUGS } from './bugs/state.ts'
import { WAVE_BUGS } from './bugs/wave.ts'

export const BUGS: readonly Bug[] = [
  ...STATE_BUGS,
  ...SCREEN_BUGS,
  ...RULES_BUGS,
  ...MIRROR_BUGS,
  ...LOOP_BUGS,
  ...PEOPLE_BUGS,
  ...WAVE_BUGS,
]
