/** What the wizard shows before anything is trained. */

export interface ImageList {
  /** All that match, of which `images` are a page. */
  total: number;
  images: ImageEntry[];
}

export interface ImageEntry {
  key: string;
  label: number;
  /** The physical object that the frame shows; null where the format does not record it. */
  track: string | null;
}
