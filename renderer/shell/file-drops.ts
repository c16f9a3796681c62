const hasFiles = (event: Event): event is DragEvent =>
  'dataTransfer' in event && (event as DragEvent).dataTransfer?.types.includes('Files') === true;

/** A file that is dropped where nothing takes it would be opened in place of the program, and what was typed be lost: it is refused. */
export function refuseStrayFiles(target: Pick<EventTarget, 'addEventListener'> = window): void {
  const refuse = (event: Event): void => {
    // Whatever takes files has marked the event on its way up.
    if (event.defaultPrevented || !hasFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'none';
  };
  target.addEventListener('dragover', refuse);
  target.addEventListener('drop', refuse);
}
