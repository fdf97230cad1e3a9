import { figures } from '../race/figures.ts'
import { FIXTURE, readLateness } from '../race/lateness.ts'
import { fit } from '../race/model.ts'

/** The race model's figures, from the condensed data set. */
export async function run(): Promise<Record<string, unknown>> {
  const lateness = readLateness(FIXTURE)
  const model = fit(lateness)
  const winners = model.buckets.reduce((total, { count }) => total + count, 0)
  return {
    'winners in the model': winners,
    'design effect': model.designEffect,
    'worth so many independent races': Math.floor(winners / model.designEffect),
    'share of ties won, assumed': `${Number(model.tieSharePpm) / 10_000} %`,
    ...figures(lateness),
  }
}
