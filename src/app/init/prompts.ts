/** How the wizard talks with a person. Whoever does not want to go on makes any of them throw. */
export interface Prompts {
  /** Shown at once. */
  say(text: string): void
  /** `check` says what is wrong with an answer. */
  text(
    question: Question & {
      readonly initial?: string
      readonly secret?: boolean
      check(answer: string): string | undefined
    },
  ): Promise<string>
  choose<T extends string>(
    question: Question & { readonly options: readonly Option<T>[]; readonly initial?: T },
  ): Promise<T>
  chooseMany(
    question: Question & { readonly options: readonly Option<string>[]; readonly initial: readonly string[] },
  ): Promise<readonly string[]>
  confirm(question: Question & { readonly initial: boolean }): Promise<boolean>
  /** Something that takes a while is under way. */
  during<T>(what: string, work: Promise<T>): Promise<T>
}

export interface Question {
  readonly message: string
}

export interface Option<T extends string> {
  readonly value: T
  readonly label: string
  readonly hint?: string
}
