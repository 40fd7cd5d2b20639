/** Loaded into a system with `--import`: SIGUSR2 begins a CPU profile, the next SIGUSR2 writes it. So that only warm turns are in it. */
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { join } from 'node:path';

let session: Session | null = null;

process.on('SIGUSR2', () => {
  if (!session) {
    session = new Session();
    session.connect();
    session.post('Profiler.enable');
    session.post('Profiler.setSamplingInterval', { interval: 250 });
    session.post('Profiler.start');
    return;
  }
  session.post('Profiler.stop', (_error, { profile }) => {
    writeFileSync(join(process.env['BENCH_PROFILES'] ?? '.', 'turns.cpuprofile'), JSON.stringify(profile));
  });
});
