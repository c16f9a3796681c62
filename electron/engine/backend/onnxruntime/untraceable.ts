/** The step cannot become a graph. */
export class Untraceable extends Error {}
