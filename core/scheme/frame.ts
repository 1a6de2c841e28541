import { defaultsKey } from './canonical';
import { checkData } from './checks/data';
import { tidyHints } from './checks/tidy';
import { checkTraining } from './checks/training';
import type { Diagnostic } from './diagnostics';
import { type Frame, sameFrame } from './division';
import type { SchemeDocument } from './document';
import { readData, readTraining, type Training } from './read';
import type { DataSection, JsonPath } from './types';
import { validateFrame } from './validate';

/** What follows from the scheme around the network. Offsets are those of the frame. */
export interface FrameReading {
  readonly frame: Frame;
  readonly document: SchemeDocument;
  /** Whether it is an object at all. */
  readonly isSound: boolean;
  /** Two readings with the same key mean the same for the layers. */
  readonly key: string;
  /** Absent where something is wrong with it. */
  readonly data?: DataSection;
  readonly training?: Training;
  /** What the JSON Schema says. */
  readonly invalid: readonly Diagnostic[];
  /** What does not go together, and what could be tidier. */
  readonly checked: readonly Diagnostic[];
}

export function readFrame(frame: Frame, previous?: FrameReading): FrameReading {
  if (previous && sameFrame(previous.frame, frame)) return previous;
  const { document, hasElements } = frame;
  const { diagnostics, invalid } = validateFrame(document, hasElements);
  const isSound = document.root !== undefined && !invalid.some((path) => path.length === 0);
  const data = isSound && !invalid.some(([section]) => section === 'data') ? readData(document.value) : undefined;
  const training = isSound && !invalid.some(isTraining) ? readTraining(document.value) : undefined;
  const checked = [
    ...tidyHints(document),
    ...(data ? checkData(document, data) : []),
    ...(training ? checkTraining(document, training, data) : []),
  ];
  const key = `${isSound} ${defaultsKey(document.value)}`;
  return { frame, document, isSound, key, data, training, invalid: diagnostics, checked };
}

function isTraining([section, key]: JsonPath): boolean {
  return section === 'model' && key !== 'network';
}
