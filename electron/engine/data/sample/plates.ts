import { area, circle, colour, line, polygon, turn } from './shapes.ts';

/** Red ring, white field (Vienna Convention's prohibitory signs). */
export const prohibition = (symbol: string): string =>
  circle(50, 50, 49, colour.white) +
  circle(50, 50, 48, colour.red) +
  circle(50, 50, 37.5, colour.white) +
  symbol;

/** Blue disc (mandatory signs). */
export const mandatory = (symbol: string): string =>
  circle(50, 50, 49, colour.white) + circle(50, 50, 47.5, colour.blue) + symbol;

/** Red triangle, apex up (danger signs). Its white field is 66 wide at y = 83 and comes to a point at (50, 24). */
export const danger = (symbol: string): string =>
  polygon('50,11 95,89 5,89', colour.white, 9) +
  polygon('50,11 95,89 5,89', colour.red, 7) +
  polygon('50,26 82.2,82 17.8,82', colour.white, 2) +
  symbol;

/** White disc, grey symbol, five thin lines across it (the end of a prohibition). */
export function endOf(symbol: string): string {
  const lines = [-10, -5, 0, 5, 10].map((x) => line(`M${50 + x} 5 V95`, 2.1, colour.black)).join('');
  return circle(50, 50, 49, colour.grey) + circle(50, 50, 47.5, colour.white) + symbol + turn(lines, 40);
}

/** Red triangle, apex down. */
export const giveWay = (): string =>
  polygon('50,89 95,11 5,11', colour.white, 9) +
  polygon('50,89 95,11 5,11', colour.red, 7) +
  polygon('50,67 76,22 24,22', colour.white, 2);

export const priority = (): string =>
  polygon('50,6 94,50 50,94 6,50', colour.black, 6) +
  polygon('50,6 94,50 50,94 6,50', colour.white, 4) +
  polygon('50,22 78,50 50,78 22,50', colour.black, 4) +
  polygon('50,22 78,50 50,78 22,50', colour.yellow, 2);

export function stop(word: string): string {
  const octagon = (radius: number, fill: string): string => {
    const corners = Array.from({ length: 8 }, (_, corner) => {
      const angle = ((corner + 0.5) * Math.PI) / 4;
      return `${(50 + radius * Math.cos(angle)).toFixed(2)},${(50 + radius * Math.sin(angle)).toFixed(2)}`;
    });
    return polygon(corners.join(' '), fill, 1);
  };
  return octagon(52, colour.white) + octagon(49, colour.red) + word;
}

/** Red disc with a white bar. */
export const noEntry = (): string =>
  circle(50, 50, 49, colour.white) +
  circle(50, 50, 48, colour.red) +
  area('M12 41 H88 V59 H12 Z', colour.white);
