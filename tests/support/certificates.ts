// Certificates made on the spot, with the openssl of the machine.
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

export interface CertificateFiles {
  certificate: string;
  key: string;
}

export class Certificates {
  readonly folder = mkdtempSync(join(tmpdir(), 'qantara-certificates-'));

  /** Signed by its own key, for 127.0.0.1 and `localhost`. `days` may be negative: it has expired then. */
  make(name: string, {days = 30} = {}): CertificateFiles {
    const certificate = join(this.folder, `${name}.pem`);
    const key = join(this.folder, `${name}.key`);
    const openssl = (...args: string[]) => execFileSync('openssl', args, {stdio: ['ignore', 'pipe', 'pipe']});
    openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', key);
    const request = join(this.folder, `${name}.csr`);
    openssl('req', '-new', '-key', key, '-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost', '-out', request);
    openssl('x509', '-req', '-in', request, '-signkey', key, '-days', String(days), '-copy_extensions', 'copy', '-out', certificate);
    return {certificate, key};
  }

  dispose(): void {
    rmSync(this.folder, {recursive: true, force: true});
  }
}
