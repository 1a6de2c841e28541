import { writeFolder } from './editor';

/** Two clouds of points that a line divides. */
const points = [
  'x,y,side',
  ...Array.from(
    { length: 60 },
    (_, i) => `${(i * 7) % 11},${(i * 5) % 13},${((i * 7) % 11) + ((i * 5) % 13) > 11 ? 1 : 0}`,
  ),
];

export const scheme = (epochs: number) => `{
  "data": { "batch_size": 8, "input_size": [2], "label_dim": 2, "normalize": "z_score", "data_path": "points.csv" },
  "model": {
    "iteration": ${epochs},
    "network": [
      { "name": "hidden", "type": "dense_set", "unit": 6, "activation": "relu" },
      { "name": "sides", "type": "dense_set", "unit": 2 }
    ]
  }
}
`;

/** A folder of the workspace with a scheme that is trained in a second. */
export function project(name: string, epochs: number): string {
  return writeFolder(name, { 'points.csv': `${points.join('\n')}\n`, 'model_scheme.json': scheme(epochs) });
}
