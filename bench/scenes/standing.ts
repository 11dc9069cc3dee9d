import { EmptyProgram } from "../empty-program";
import type { Contestant, Sample, Scene, Setting } from "../row";
import { Subject } from "../subject";

/** The stack of the seats. Its config file is in every checkout. */
const STACK = "embedded";

/** A seat of each checkout with all lessons and addons, side by side, and the empty program. */
export class Standing implements Scene {
  readonly byContestant = false;

  private constructor(
    private readonly subjects: readonly Subject[],
    private readonly empty: EmptyProgram,
  ) {}

  static async open(this: void, setting: Setting): Promise<Standing> {
    const subjects: Subject[] = [];
    for (const checkout of setting.checkouts) {
      const subject = await Subject.create(checkout, STACK, setting);
      setting.say(`a seat of ${subject.name}: ${Math.round((await subject.moved("up")).seconds)} s`);
      await subject.pulumi(["preview", "--expect-no-changes"]);
      subjects.push(subject);
    }
    return new Standing(subjects, await EmptyProgram.create(subjects[0]!, setting.signal));
  }

  /** The empty program as the yardstick, and every checkout. */
  contestants(
    ofEmpty: (program: EmptyProgram) => Promise<Sample>,
    ofSubject: (subject: Subject) => Promise<Sample>,
  ): Contestant[] {
    return [
      { name: "empty program", isYardstick: true, sample: () => ofEmpty(this.empty) },
      ...this.subjects.map((subject) => ({ name: subject.name, isYardstick: false, sample: () => ofSubject(subject) })),
    ];
  }

  async close(): Promise<void> {
    this.empty.remove();
    for (const { lab } of this.subjects) await lab.remove();
  }
}
