/** A tag glob: `*` stands for anything but `/`, `**` for anything, `?` for one character; all else for itself. */
export function globPattern(glob: string): RegExp {
  const source = glob.replace(/\*\*|[*?]|[\\^$.|+()[\]{}]/g, (part) => wildcards[part] ?? `\\${part}`);
  return new RegExp(`^${source}$`, 'su');
}

const wildcards: Readonly<Record<string, string>> = { '**': '.*', '*': '[^/]*', '?': '[^/]' };
