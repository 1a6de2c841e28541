export interface InputProblem {
  /** The file or folder that is wrong, as the user would name it. */
  readonly file: string;
  /** Where in the file: `row 17`, `byte 128`, `3:14`. */
  readonly place?: string;
  /** What is wrong, a full sentence. */
  readonly problem: string;
  /** What to do about it, a full sentence. */
  readonly nextStep?: string;
}

/**
 * The user's input is wrong. The command line prints `message` as one line, the editor shows it as it is; neither shows a
 * stack trace. `message` is `file, place: problem nextStep`.
 */
export class InputError extends Error {
  readonly file: string;
  readonly place: string | undefined;
  readonly problem: string;
  readonly nextStep: string | undefined;

  constructor({ file, place, problem, nextStep }: InputProblem) {
    const where = place === undefined ? file : `${file}, ${place}`;
    const what = nextStep === undefined ? problem : `${problem} ${nextStep}`;
    super(`${where}: ${what}`.replace(/\s*[\r\n]+\s*/g, ' '));
    this.name = 'InputError';
    this.file = file;
    this.place = place;
    this.problem = problem;
    this.nextStep = nextStep;
  }
}

/** The code of an error of the operating system, `ENOENT` for example. */
export function errorCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** What an unknown thrown value says, in one line. */
export function errorMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s*[\r\n]+\s*/g, ' ').trim();
}
