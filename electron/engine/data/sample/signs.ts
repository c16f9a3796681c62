import {
  ahead,
  aheadOrRight,
  bendRight,
  doubleBend,
  keepRight,
  rightOfWay,
  roundabout,
  turnRight,
} from './arrows.ts';
import { lettering } from './glyphs.ts';
import {
  bicycle,
  bumps,
  car,
  children,
  deer,
  digger,
  exclamation,
  lights,
  lorryRear,
  lorrySide,
  narrowingOnTheRight,
  pedestrian,
  skiddingCar,
  snowflake,
} from './pictograms.ts';
import { danger, endOf, giveWay, mandatory, noEntry, prohibition, priority, stop } from './plates.ts';
import { colour, mirror, place } from './shapes.ts';

const limit = (speed: string): string =>
  prohibition(
    speed.length < 3 ? lettering(speed, 39, colour.black) : lettering(speed, 37, colour.black, 0.84),
  );

const passing = (left: string, right: string): string =>
  place(car(left), 18.5, 42, 0.98) + place(car(right), 52.5, 42, 0.98);

const lorryPassing = (left: string, right: string): string =>
  place(lorryRear(left), 20.5, 34.5, 1) + place(car(right), 52.5, 43, 0.98);

/** The 43 classes of GTSRB, in the order of their ids. */
const signs: readonly (() => string)[] = [
  () => limit('20'),
  () => limit('30'),
  () => limit('50'),
  () => limit('60'),
  () => limit('70'),
  () => limit('80'),
  () => endOf(lettering('80', 44, colour.grey)),
  () => limit('100'),
  () => limit('120'),
  () => prohibition(passing(colour.red, colour.black)),
  () => prohibition(lorryPassing(colour.red, colour.black)),
  () => danger(rightOfWay()),
  () => priority(),
  () => giveWay(),
  () => stop(lettering('STOP', 37, colour.white, 0.83)),
  () => prohibition(''),
  () => prohibition(lorrySide()),
  () => noEntry(),
  () => danger(exclamation()),
  () => danger(mirror(bendRight())),
  () => danger(bendRight()),
  () => danger(doubleBend()),
  () => danger(bumps()),
  () => danger(skiddingCar()),
  () => danger(narrowingOnTheRight()),
  () => danger(digger()),
  () => danger(lights()),
  () => danger(pedestrian()),
  () => danger(children()),
  () => danger(bicycle()),
  () => danger(snowflake()),
  () => danger(deer()),
  () => endOf(''),
  () => mandatory(turnRight()),
  () => mandatory(mirror(turnRight())),
  () => mandatory(ahead()),
  () => mandatory(aheadOrRight()),
  () => mandatory(mirror(aheadOrRight())),
  () => mandatory(keepRight()),
  () => mandatory(mirror(keepRight())),
  () => mandatory(roundabout()),
  () => endOf(passing(colour.grey, colour.grey)),
  () => endOf(lorryPassing(colour.grey, colour.grey)),
];

export const signCount = signs.length;

/** The sign of a GTSRB class (0 to 42) as SVG, 100 x 100, transparent around the sign. Throws RangeError for another id. */
export function signSvg(classId: number): string {
  const sign = signs[classId];
  if (!sign) throw new RangeError(`There is no sign ${classId}: the classes are 0 to ${signCount - 1}.`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">${sign()}</svg>`;
}
