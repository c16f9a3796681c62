/** A file that is published under one name with known content. */
export interface Archive {
  name: string;
  bytes: number;
  /** Hex. Against damage on the way; where it comes from is vouched for by HTTPS. */
  md5: string;
}

/** The German Traffic Sign Recognition Benchmark where its authors publish it. */
export const gtsrbUrl = 'https://sid.erda.dk/public/archives/daaeac0d7ce1152aea9b61d9f1e19370/';

/** The smallest first, so that whatever is wrong with the connection or the folder shows at once. */
export const gtsrbArchives: readonly Archive[] = [
  { name: 'GTSRB_Final_Test_GT.zip', bytes: 99_620, md5: 'fe31e9c9270bbcd7b84b7f21a9d9d9e5' },
  { name: 'GTSRB_Final_Test_Images.zip', bytes: 88_978_620, md5: 'c7e4e6327067d32654124b0fe9e82185' },
  { name: 'GTSRB_Final_Training_Images.zip', bytes: 276_294_756, md5: 'f33fd80ac59bff73c82d25ab499e03a3' },
];
