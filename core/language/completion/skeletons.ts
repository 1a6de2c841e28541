import { linesSnippet } from './snippet';

/** The sections of a scheme, with what nearly every scheme says in them. */
const sections = {
  data: { batch_size: 32, image_size: [30, 30, 1], label_dim: 10, normalize: 'min_max', data_path: 'data' },
  model: { learning_rate: 0.001, iteration: 10, optimizer: 'adam_optimizer', network: [] },
};

export const sectionSkeletons: ReadonlyMap<string, string> = new Map(
  Object.entries(sections).map(([key, section]) => [key, linesSnippet(section)]),
);

/** A whole scheme to begin with. */
export const schemeSkeleton = linesSnippet(sections);
