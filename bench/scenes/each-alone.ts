import type { Contestant, Sample, Scene, Setting } from "../row";
import { Subject } from "../subject";

/** Measures each checkout alone: the others have no seat meanwhile. */
export class EachAlone implements Scene {
  readonly byContestant = true;

  private constructor(private readonly subjects: readonly Subject[]) {}

  static async open(this: void, setting: Setting): Promise<EachAlone> {
    const subjects: Subject[] = [];
    for (const checkout of setting.checkouts) {
      const subject = await Subject.create(checkout, "embedded", setting);
      // Nothing is built, bundled or installed in a measured run.
      setting.say(
        `a seat of ${subject.name}, for the first time: ${Math.round((await subject.moved("up")).seconds)} s`,
      );
      await subject.moved("down");
      subjects.push(subject);
    }
    return new EachAlone(subjects);
  }

  contestants(sample: (subject: Subject) => Promise<Sample>): Contestant[] {
    return this.subjects.map((subject) => ({ name: subject.name, isYardstick: false, sample: () => sample(subject) }));
  }

  async close(): Promise<void> {
    for (const { lab } of this.subjects) await lab.remove();
  }
}
