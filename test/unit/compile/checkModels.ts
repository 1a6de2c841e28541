import { readFileSync } from 'node:fs';
import type { OnnxModel } from '../../../core/onnx/model';
import { encodeModel } from '../../../core/onnx/write';
import { runPython } from '../../support/python';

/** What onnx's checker and its shape inference (both at their strictest) have against models, by name. */
export function checkModels(python: string, models: ReadonlyMap<string, OnnxModel>): [string, string][] {
  const program = readFileSync('test/python/check_models.py', 'utf8');
  const encoded = [...models].map(([name, model]) => [name, Buffer.from(encodeModel(model)).toString('base64')]);
  const answer = JSON.parse(runPython(python, program, [], JSON.stringify(Object.fromEntries(encoded))));
  return Object.entries(answer as Record<string, string | null>).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
}
