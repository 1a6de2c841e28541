import type { Dimension, TensorShape } from './graph';

/**
 * Products of sizes, some of which are symbols, in one spelling: a number, a symbol, or `6·batch·length` with the number
 * first and the symbols in order. Two products that are spelled alike are equal whatever the symbols stand for.
 */
export function productOf(sizes: TensorShape): Dimension {
  const product: Product = { factor: 1, symbols: [] };
  for (const size of sizes) {
    const { factor, symbols } = parse(size);
    product.factor *= factor;
    product.symbols.push(...symbols);
  }
  return spell(product);
}

/** `size / by` where that is a whole number whatever the symbols stand for. */
export function quotientOf(size: Dimension, by: Dimension): Dimension | undefined {
  const dividend = parse(size);
  const divisor = parse(by);
  for (const symbol of divisor.symbols) {
    const at = dividend.symbols.indexOf(symbol);
    if (at < 0) return undefined;
    dividend.symbols.splice(at, 1);
  }
  const factor = dividend.factor / divisor.factor;
  return Number.isInteger(factor) ? spell({ factor, symbols: dividend.symbols }) : undefined;
}

interface Product {
  factor: number;
  symbols: string[];
}

const SIGN = '·';

function parse(size: Dimension): Product {
  if (typeof size === 'number') return { factor: size, symbols: [] };
  const parts = size.split(SIGN);
  const first = parts.length > 1 ? Number(parts[0]) : Number.NaN;
  return Number.isInteger(first) ? { factor: first, symbols: parts.slice(1) } : { factor: 1, symbols: parts };
}

function spell({ factor, symbols }: Product): Dimension {
  if (symbols.length === 0 || factor === 0) return factor;
  const sorted = [...symbols].sort();
  return (factor === 1 ? sorted : [String(factor), ...sorted]).join(SIGN);
}
