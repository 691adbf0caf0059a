import { version } from '../package.json';
import { runPerene } from '../test/perene-process';

describe('perene', () => {
  it('tells its usage and version with status 0', async () => {
    const [help, versionRun] = await Promise.all([runPerene(['--help']), runPerene(['--version'])]);
    expect(help).toMatchObject({ status: 0, stderr: '' });
    expect(help.stdout).toContain('Usage: perene');
    expect(versionRun).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each([[['deploy']], [['dev', '--speed', '9']], [['dev', '--port', '70000']], [[]]])(
    'ends with status 2 for bad usage: %j',
    async (args) => {
      const { status, stdout, stderr } = await runPerene(args);
      expect(status).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).not.toBe('');
    },
  );

  it('ends with status 1, and the reason, for a command that failed', async () => {
    const { status, stderr } = await runPerene(['dev', '--services'], { PERENE_DATA_DIR: '/dev/null' });
    expect(status).toBe(1);
    expect(stderr).toContain('/dev/null');
  });
});
