export const isSweepFileName = (name: string): boolean => /\.sweep\.jsonc?$/i.test(name);
