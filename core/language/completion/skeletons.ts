import { bodySnippet } from './snippet';

const data = {
  batch_size: '^${1:32}',
  image_size: ['^${2:30}', '^${3:30}', '^${4:1}'],
  label_dim: '^${5:10}',
  normalize: '${6|min_max,z_score,none|}',
  data_path: '${7:data}',
};

const model = {
  learning_rate: '^${8:0.001}',
  iteration: '^${9:10}',
  optimizer: 'adam_optimizer',
  network: ['^$0'],
};

/** The sections of a scheme, with what nearly every scheme says in them. */
export const skeletons: Readonly<Record<string, string>> = {
  data: bodySnippet(data),
  model: bodySnippet(model),
};

/** A whole scheme to begin with. */
export const schemeSkeleton = bodySnippet({ data, model });
