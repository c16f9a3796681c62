const words = (text: string): readonly string[] => text.split(/\s+/);

/**
 * How tables head their columns, in lower case without blanks, dashes, dots and underscores; the first that occurs is
 * taken. New names go behind the others: the order decides how a table was read by recipes of earlier versions.
 */
export const headings = {
  file: words(
    `file filename filepath path image imagepath imagename
    imagefile imagefilename imgpath imgname imgfile img imageid imgid images files filenames filepaths paths imagepaths
    relativepath relpath fullpath photo picture pic fname url uri id name uid uuid key`,
  ),
  label: words(
    `label classid class category classname target
    labels classes categories classlabel labelname categoryname labelid categoryid finelabel coarselabel
    species breed variety diagnosis dx disease groundtruth gt y
    emotion digit finding findings findinglabels tag tags kind type level grade`,
  ),
  part: words('split part set subset partition'),
  track: words('track trackid'),
};

/** Headings of columns that hold parts in some tables and other things in others: only known words make them parts. */
export const maybePart = words('fold dataset usage phase datasplit datatype stage');

/** Headings of columns that are never labels, whatever they hold. */
export const noLabel =
  /^(unnamed\d*|index|idx|nr|no|number|row|rowid|width|height|w|h|channels|depth|size|filesize|area|age|[xy]\d?|[xy](min|max|center)|roi.*|bbox.*|box.*|left|top|right|bottom|timestamp|date|time)$/;
