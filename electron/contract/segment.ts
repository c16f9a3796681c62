/** A name as one part of a path: not hidden, no way up or down, nothing that Windows reads otherwise. */
const segment = /^(?!\.)[^\\/:*?"<>|\p{Cc}]+(?<![. ])$/u;

/** Whether a name that came from a file or from another machine may become a path's last part. */
export const isSegment = (name: string): boolean => name.length <= 255 && segment.test(name);
