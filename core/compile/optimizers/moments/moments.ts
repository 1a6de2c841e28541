/**
 * Adam's rule for some elements of a parameter, and sums, four elements at a time, in float32. This is AssemblyScript, which `esbuild.mjs` compiles
 * to WebAssembly: JavaScript takes more than twice as long. `core/compile/optimizers/momentsProgram.ts` runs it.
 */

/** How many elements of an array there is room for that does not lie in this memory: they stay in the processor's cache. */
export const capacity: usize = 16384;

/** Room for four such arrays, one behind the other. */
export const room: usize = heap.alloc(capacity * 16);

/** The address of so many bytes more, all zero; 0 where there is not so much memory. */
export function allocate(bytes: usize): usize {
  const pages = memory.grow(<i32>((bytes + 0xffff) >>> 16));
  return pages < 0 ? 0 : (<usize>pages) << 16;
}

/**
 * The first four are addresses; up to three elements behind the last are overwritten. `kept` is the share of the parameter that
 * stays, `decay` its weight in its gradient; the shares are those that come new.
 */
export function moveByMoments(
  parameter: usize,
  gradient: usize,
  first: usize,
  second: usize,
  count: usize,
  beta1: f32,
  firstShare: f32,
  beta2: f32,
  secondShare: f32,
  stepSize: f32,
  deviationFactor: f32,
  epsilon: f32,
  kept: f32,
  decay: f32,
): void {
  for (let at: usize = 0; at < count * 4; at += 16) {
    const value = v128.load(parameter + at);
    const slope = f32x4.add(v128.load(gradient + at), f32x4.mul(f32x4.splat(decay), value));
    const mean = blend(beta1, v128.load(first + at), firstShare, slope);
    const square = blend(beta2, v128.load(second + at), secondShare, f32x4.mul(slope, slope));
    v128.store(first + at, mean);
    v128.store(second + at, square);
    const deviation = f32x4.mul(f32x4.sqrt(square), f32x4.splat(deviationFactor));
    const change = f32x4.div(f32x4.mul(f32x4.splat(stepSize), mean), f32x4.add(deviation, f32x4.splat(epsilon)));
    v128.store(parameter + at, f32x4.sub(f32x4.mul(f32x4.splat(kept), value), change));
  }
}

/** Adds the elements of one array to those of another. */
export function addTo(target: usize, source: usize, count: usize): void {
  let at: usize = 0;
  for (; at + 16 <= count * 4; at += 16) {
    v128.store(target + at, f32x4.add(v128.load(target + at), v128.load(source + at)));
  }
  for (; at < count * 4; at += 4) store<f32>(target + at, load<f32>(target + at) + load<f32>(source + at));
}

function blend(share: f32, value: v128, otherShare: f32, other: v128): v128 {
  return f32x4.add(f32x4.mul(f32x4.splat(share), value), f32x4.mul(f32x4.splat(otherShare), other));
}
