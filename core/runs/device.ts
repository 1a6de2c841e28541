/** What the embedded trainer computes on: an execution provider of ONNX Runtime, or WebAssembly, which runs wherever Node does. */
export const devices = ['cpu', 'cuda', 'dml', 'coreml', 'webgpu', 'wasm'] as const;

export type Device = (typeof devices)[number];

export function isDevice(name: string): name is Device {
  return (devices as readonly string[]).includes(name);
}
