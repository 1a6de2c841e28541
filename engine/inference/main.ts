import type { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-common';
import { fromFloat16, toFloat16 } from '../../core/onnx/tensor';
import { loadOnnxRuntime } from '../onnxRuntime';
import type { InferenceReply, InferenceRequest, TensorValue } from './protocol';

/**
 * The ONNX Runtime child: models come over the IPC channel, outputs go back. A native crash or running out of memory ends
 * this process and no other. It ends when its parent does.
 */
const sessions: InferenceSession[] = [];

const runtime = loadOnnxRuntime();

const OPTIONS: InferenceSession.SessionOptions = {
  executionProviders: runtime.executionProviders,
  // As the file says, without rewrites of the runtime's own: it is the graph that is compared.
  graphOptimizationLevel: 'disabled',
  logSeverityLevel: 4,
  extra: { session: { intra_op: { allow_spinning: '0' } } },
};

process.on('message', (request: InferenceRequest) => {
  answer(request)
    .catch((error: unknown): InferenceReply => ({ id: request.id, ok: false, message: messageOf(error) }))
    .then((reply) => process.send?.(reply));
});
process.on('disconnect', () => process.exit(0));

async function answer(request: InferenceRequest): Promise<InferenceReply> {
  const { id } = request;
  if (request.kind === 'load') {
    const { model } = request;
    const session = await ('file' in model
      ? runtime.InferenceSession.create(model.file, OPTIONS)
      : runtime.InferenceSession.create(model.bytes, OPTIONS));
    sessions.push(session);
    return { id, ok: true, kind: 'load', session: sessions.length - 1 };
  }
  const session = sessions[request.session];
  if (!session) throw new Error(`There is no session ${request.session}.`);
  const inputs = Object.entries(request.inputs).map(([name, value]) => [name, toTensor(value)] as const);
  const results = await session.run(Object.fromEntries(inputs));
  const outputs = Object.entries(results).map(([name, tensor]) => [name, fromTensor(tensor)] as const);
  return { id, ok: true, kind: 'run', outputs: Object.fromEntries(outputs) };
}

function toTensor({ type, dims, values }: TensorValue): OnnxTensor {
  const { Tensor } = runtime;
  switch (type) {
    case 'float64':
      return new Tensor('float64', Float64Array.from(values), dims);
    case 'float16':
      return new Tensor('float16', Uint16Array.from(values, toFloat16), dims);
    case 'int64':
      return new Tensor(
        'int64',
        BigInt64Array.from(values, (value) => BigInt(Math.trunc(value))),
        dims,
      );
    case 'int32':
      return new Tensor('int32', Int32Array.from(values), dims);
    default:
      return new Tensor('float32', values, dims);
  }
}

function fromTensor(tensor: OnnxTensor): TensorValue {
  const { type, dims, data } = tensor;
  if (type === 'float32') return { type, dims, values: data as Float32Array };
  if (type === 'float64') return { type, dims, values: Float32Array.from(data as Float64Array) };
  if (type === 'float16') return { type, dims, values: Float32Array.from(data as Uint16Array, fromFloat16) };
  if (type === 'int64') return { type, dims, values: Float32Array.from(data as BigInt64Array, Number) };
  if (type === 'int32') return { type, dims, values: Float32Array.from(data as Int32Array) };
  throw new Error(`An output of type ${type} is not compared.`);
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').trim();
}
