/** The file system, as far as paths in a scheme need it. */
export interface PathsPort {
  /** What is in a folder, given relative to the scheme's own; empty where there is none or it cannot be read. */
  list(schemeUri: string, folder: string): Promise<readonly FolderEntry[]>;
  /** Whether a path given relative to the scheme's folder leads to a file, a folder, or nothing. */
  kindOf(schemeUri: string, relative: string): Promise<FolderEntry['kind'] | undefined>;
  /** The address of a file or folder given relative to the scheme's folder; nothing for a scheme that is in no folder. */
  resolve(schemeUri: string, relative: string): string | undefined;
}

export interface FolderEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder';
}
