/** A word of a command line, quoted where a shell would take it apart. */
export function shellWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  // A path of Windows: its shells know double quotes only, and its paths cannot hold one.
  if (/^([A-Za-z]:)?\\|^[A-Za-z]:/.test(word) || isRelativeWindowsPath(word)) return `"${word}"`;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Such a word comes through a POSIX shell's double quotes unchanged, too. */
const isRelativeWindowsPath = (word: string): boolean => /^[^\\/"$`!]+(\\[^\\/"$`!]+)+$/.test(word);
