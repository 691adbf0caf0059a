import { mailIdOf, readMailId } from './mail-id';

const secret = 'a-secret-of-thirty-two-characters';
const from = 'Perene Motors <ola@motors.example>';
const id = 'winback/ana#1/email:winback';

describe('a Message-ID', () => {
  it('is the same for the same message and address, and tells a reader nothing', () => {
    const mailId = mailIdOf(id, 'ana@example.com', { from, secret });
    expect(mailId).toMatch(/^<[\w-]+@motors\.example>$/);
    expect(mailIdOf(id, 'Ana@Example.com', { from, secret })).toBe(mailId);
    expect(mailIdOf(id, 'other@example.com', { from, secret })).not.toBe(mailId);
    expect(Buffer.from(mailId.slice(1), 'base64url').toString('latin1')).not.toContain('ana');
  });

  it('says to the holder of the secret which message it is and where it went', () => {
    const read = readMailId(mailIdOf(id, 'ana@example.com', { from, secret }), secret);
    expect(read?.messageId).toBe(id);
    expect(read?.wentTo('ANA@example.com ')).toBe(true);
    expect(read?.wentTo('ana@example.org')).toBe(false);
  });

  it('cannot be made or changed without the secret', () => {
    const mailId = mailIdOf(id, 'ana@example.com', { from, secret });
    expect(readMailId(mailId, 'another-secret-of-32-characters!')).toBeNull();
    for (let i = 1; i < mailId.indexOf('@') - 1; i++) {
      const other = mailId[i] === 'A' ? 'B' : 'A';
      expect(readMailId(mailId.slice(0, i) + other + mailId.slice(i + 1), secret)).toBeNull();
    }
    for (const foreign of ['', '<>', '<a@b>', '<CAF+x.y@mail.gmail.com>', `<${'A'.repeat(400)}@b>`])
      expect(readMailId(foreign, secret)).toBeNull();
  });
});
