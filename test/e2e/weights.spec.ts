import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@playwright/test';
import { axeFindings, withAxe } from './support/axe.ts';
import { open, startStudio, stopStudio } from './support/studio.ts';

/** A server that sends a megabyte of a file of the published length, another one a little later, and then nothing. */
async function slowServer() {
  const asked: (string | undefined)[] = [];
  const bytes = 46_830_571;
  const server = createServer((request, response) => {
    asked.push(request.headers.range);
    const start = Number(/\d+/.exec(request.headers.range ?? '0')![0]);
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': bytes - start,
      ...(start > 0 && { 'content-range': `bytes ${start}-${bytes - 1}/${bytes}` }),
    });
    response.write(Buffer.alloc(1_000_000));
    // Progress is shown ten times a second at most.
    setTimeout(() => response.write(Buffer.alloc(1_000_000)), 300);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}/`, asked, close };
}

test('a student starts from ImageNet: the download is cancelled and continued, another file is refused', async ({
  page,
}) => {
  const server = await slowServer();
  const studio = await startStudio({ env: { DISTILL_WEIGHTS_URL: server.url } });
  try {
    await withAxe(page);
    await open(page, studio, '/new');
    await page.getByTestId('step-student').click();
    await page.getByTestId('architecture-resnet18').click();
    await page.getByTestId('student-start').getByText('From ImageNet').click();
    const weights = page.getByTestId('student-published');
    await expect(weights).toContainText('69.76 % top-1 on ImageNet');
    await expect(weights).toContainText(`${server.url}resnet18-f37072fd.pth`);
    await expect(weights).toContainText('evaluated at 224 px');
    await weights.getByRole('button', { name: /^Download 4[67]/ }).click();
    const progress = weights.getByTestId('task-progress');
    await expect(progress).toContainText(/Downloading\s*[1-9][.\d]* MB of 47 MB/);
    await progress.getByRole('button', { name: 'Cancel' }).click();
    await weights.getByRole('button', { name: /^Continue the download/ }).click();
    await expect(progress).toContainText('Downloading');
    // Cancelled earlier, it may never ask.
    await expect.poll(() => server.asked.length).toBe(2);
    await progress.getByRole('button', { name: 'Cancel' }).click();
    await expect(weights.getByRole('button', { name: /^Continue the download/ })).toBeVisible();
    expect(server.asked[0]).toBeUndefined();
    expect(server.asked[1]).toMatch(/^bytes=\d+-$/);

    const transfer = await page.evaluateHandle(() => {
      const data = new DataTransfer();
      data.items.add(new File(['something else'], 'resnet18-f37072fd.pth'));
      return data;
    });
    await page.getByTestId('student-weights-drop').dispatchEvent('drop', { dataTransfer: transfer });
    await expect(weights.getByTestId('error-panel')).toContainText(
      'has the name of published weights but other content',
    );
    await page.getByTestId('student-fine-tuning').getByRole('button', { name: 'Fine-tune' }).click();
    await expect(page.getByTestId('student-fine-tuning')).toContainText('only the new head trains');
    // Beside a toast are the library's guards of the focus, which axe takes for hidden content.
    expect(await axeFindings(page, {}, '[data-testid="student-fine-tuning"]')).toEqual([]);
    await expect(page.getByTestId('freezing-plan')).toContainText('Stage 2');
    await expect
      .poll(async () => (await studio.engine.recipes.drafts({}))[0]?.recipe)
      .toMatchObject({
        student: {
          weights: 'torchvision:ResNet18_Weights.IMAGENET1K_V1',
          model: { architecture: 'resnet18', stem: 'imagenet', width: null },
          training: { stages: [{ epochs: 1, freezeTo: -1 }, { freezeTo: 0 }] },
        },
      });
  } finally {
    await stopStudio(studio);
    server.close();
  }
});
