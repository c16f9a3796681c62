/** A file that is published under one name with known content. */
export interface RemoteFile {
  name: string;
  bytes: number;
  /** How far its length may be from `bytes`, where a rounded figure was published; 0 otherwise. */
  slack?: number;
  /** Its beginning is enough. Against damage on the way; where the file comes from is vouched for by HTTPS. */
  hash: { algorithm: 'md5' | 'sha256'; hex: string };
}

/** Whether a length can be the file's. */
export const hasLength = (
  { bytes, slack = 0 }: Pick<RemoteFile, 'bytes' | 'slack'>,
  length: number,
): boolean => Math.abs(length - bytes) <= slack;
