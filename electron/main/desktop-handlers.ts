import type { DesktopEngineStatus } from '../contract/desktop.ts';
import { pick, revealable, type DialogsLike } from './dialogs.ts';
import type { DesktopHandlers } from './ipc.ts';
import type { RecentRecipes } from './recent-recipes.ts';
import type { Reports } from './reports.ts';
import type { RunActivity } from './run-activity.ts';
import type { DesktopTheme } from './theme.ts';

export interface DesktopHandlersOptions<Page> {
  engine: () => { readonly status: DesktopEngineStatus; restart(): void };
  ports: { request(page: Page): void };
  /** The system's dialogs, over the page's window. */
  dialogs: (page: Page) => DialogsLike;
  recent: Pick<RecentRecipes, 'add'>;
  showInFolder: (file: string) => void;
  reports: Pick<Reports, 'open' | 'print'>;
  openLogs: () => Promise<void>;
  activity: Pick<RunActivity, 'show'>;
  theme: Pick<DesktopTheme, 'choose'>;
}

/** What each of the page's calls does. */
export const desktopHandlers = <Page>({
  engine,
  ports,
  dialogs,
  recent,
  showInFolder,
  reports,
  openLogs,
  activity,
  theme,
}: DesktopHandlersOptions<Page>): DesktopHandlers<Page> => ({
  requestPort(_input, page) {
    ports.request(page);
  },
  engineStatus: () => engine().status,
  restartEngine() {
    engine().restart();
  },
  async pick(request, page) {
    const picked = await pick(dialogs(page), request);
    if (picked !== null) recent.add(picked);
    return picked;
  },
  reveal(file) {
    showInFolder(revealable(file));
  },
  async openReport(file) {
    await reports.open(file);
  },
  printReport: (file) => reports.print(file),
  async openLogs() {
    await openLogs();
  },
  showRun(run) {
    activity.show(run);
  },
  setTheme(chosen) {
    theme.choose(chosen);
  },
});
