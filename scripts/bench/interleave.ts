/** A B A B: contenders take turns, so that a disturbance that lasts does not fall on one of them alone. */
import { progress } from "../campaign/command.ts";

export interface Contender<Sample> {
  readonly name: string;
  measure(): Promise<Sample>;
}

/** Each contender's samples, by its name; the first round warms up and does not count. */
export async function interleave<Sample>(
  rounds: number,
  contenders: readonly Contender<Sample>[],
  tell: (sample: Sample) => string,
  say: (line: string) => void = progress,
): Promise<Map<string, Sample[]>> {
  const samples = new Map<string, Sample[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const contender of contenders) {
      const sample = await contender.measure();
      const which = round === 0 ? "warm-up" : `round ${round} of ${rounds}`;
      say(`  ${which}: ${contender.name}: ${tell(sample)}`);
      if (round > 0) samples.get(contender.name)?.push(sample);
    }
  }
  return samples;
}
