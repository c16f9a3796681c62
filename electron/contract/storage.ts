export interface StorageArea {
  id: 'logits' | 'weights' | 'downloads' | 'uploads' | 'trash' | 'logs';
  folder: string;
  bytes: number;
  /** Whether `system.clearStorage` may empty it. */
  clearable: boolean;
}

/** Archives that are fetched into a folder. */
export interface DownloadState {
  folder: string;
  /** Of all archives. */
  totalBytes: number;
  /** Of those that lie in the folder, whole or begun. */
  haveBytes: number;
  /** On the folder's disk. */
  freeBytes: number;
  /** Whether what is missing has room. */
  fits: boolean;
}

export interface DiskSpace {
  folder: string;
  freeBytes: number;
  totalBytes: number;
}
