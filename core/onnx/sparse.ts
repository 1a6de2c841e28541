import type { OnnxSparseTensor } from './model';
import { elementCount, type NumberArray, type TensorSource, tensorValues } from './tensor';

/** The values of a sparse tensor with its zeros; `undefined` for one that claims more elements than anybody would write so. */
export function sparseValues(
  { dims, values, indices }: OnnxSparseTensor,
  source: TensorSource = {},
): NumberArray | undefined {
  const elements = tensorValues(values, source);
  const places = tensorValues(indices, source);
  return elements && places && elementCount(dims) <= MOST_DENSE ? dense(elements, places, dims) : undefined;
}

const MOST_DENSE = 2 ** 26;

/** `places` are places in the flattened tensor, or an index for each axis of each element. */
function dense(elements: NumberArray, places: NumberArray, dims: readonly number[]): NumberArray | undefined {
  const result = new Float64Array(elementCount(dims));
  const rank = places.length === elements.length ? 1 : dims.length;
  if (places.length !== elements.length * rank) return undefined;
  for (let i = 0; i < elements.length; i++) {
    let place = 0;
    for (let axis = 0; axis < rank; axis++) place = place * (rank === 1 ? 1 : dims[axis]!) + places[i * rank + axis]!;
    if (!(place >= 0 && place < result.length)) return undefined;
    result[place] = elements[i]!;
  }
  return result;
}
