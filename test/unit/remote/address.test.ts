import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressError, readAddress, type AddressProblem } from '../../../src/remote/address';

describe('readAddress', () => {
  it.each([
    ['http://gpu1:8000', 'http://gpu1:8000'],
    ['http://gpu1:8000/', 'http://gpu1:8000'],
    ['  HTTP://GPU1:8000/v1/ ', 'http://gpu1:8000'],
    ['http://gpu1:8000/v1/completions', 'http://gpu1:8000'],
    ['https://models.example.org/team/v1/models', 'https://models.example.org/team'],
    ['https://models.example.org/v1beta', 'https://models.example.org/v1beta'],
    ['https://models.example.org/v1//v1/', 'https://models.example.org'],
    // What servers print of themselves when they listen everywhere.
    ['http://0.0.0.0:8000', 'http://127.0.0.1:8000'],
    ['http://[::]:8080/', 'http://[::1]:8080'],
    // Without a scheme.
    ['localhost:8000', 'http://localhost:8000'],
    ['localhost', 'http://localhost'],
    ['gpu1', 'http://gpu1'],
    ['10.0.0.7', 'http://10.0.0.7'],
    ['[::1]:8080', 'http://[::1]:8080'],
    ['gpu1.local/v1', 'http://gpu1.local'],
    ['models.example.org', 'https://models.example.org'],
    ['models.example.org/team/v1', 'https://models.example.org/team'],
    ['models.example.org:443', 'https://models.example.org'],
    ['models.example.org:8000', 'http://models.example.org:8000'],
  ])('reads %j', (text, address) => {
    expect(readAddress(text).address).toBe(address);
  });

  it.each([
    ['localhost:8000', true, true],
    ['127.0.0.1:8000', true, true],
    ['http://lab.localhost', true, true],
    ['http://0.0.0.0:8000', true, true],
    ['gpu1:8000', false, false],
    ['https://gpu1', false, true],
    ['http://localhost.example.org', false, false],
  ])('says of %j whether it is here, and whether others can read along', (text, loopback, confidential) => {
    expect(readAddress(text)).toMatchObject({ loopback, confidential });
  });

  it.each<[string, AddressProblem, RegExp]>([
    [' ', 'empty', /empty/],
    ['ftp://gpu1', 'scheme', /ftp:\/\//],
    ['file:///etc/passwd', 'scheme', /http:\/\/ or https:\/\//],
    ['http://me:secret@gpu1', 'credentials', /user name or a password/],
    ['me@gpu1:8000', 'credentials', /user name or a password/],
    ['http://gpu1?key=1', 'shape', /should look like/],
    ['http://gpu1#x', 'shape', /should look like/],
    ['http://', 'shape', /should look like/],
    ['gpu1:99999', 'shape', /"gpu1:99999" is not the address/],
    ['two words', 'shape', /should look like/],
    ['a\u202Eb c', 'shape', /‹U\+202E›/],
    [`http://${'a'.repeat(2001)}`, 'long', /2000/],
  ])('refuses %j', (text, problem, sentence) => {
    expect(() => readAddress(text)).toThrow(AddressError);
    expect(() => readAddress(text)).toThrow(expect.objectContaining({ problem }) as Error);
    expect(() => readAddress(text)).toThrow(sentence);
  });

  it('never repeats a password', () => {
    expect(() => readAddress('http://me:hunter2@gpu1')).not.toThrow(/hunter2/);
  });

  it('reads whatever is typed, or says what is wrong with it; what it reads it reads again as the same', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl(), fc.domain()), (text) => {
        let address: string;
        try {
          ({ address } = readAddress(text));
        } catch (error) {
          expect(error).toBeInstanceOf(AddressError);
          return;
        }
        expect(address).toMatch(/^https?:\/\/[^/@?#]+(\/[^?#]*)?$/);
        expect(address).not.toMatch(/\/$/);
        expect(readAddress(address).address).toBe(address);
      }),
    );
  });
});
