/** How a state looks on its badge. */
export interface StateLook {
  label: string;
  color: 'primary' | 'success' | 'warning' | 'error' | 'neutral';
  icon: string;
}
