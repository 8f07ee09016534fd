export function digitsOf(text: string): string;
export function grouped(text: string): string;
export function luhn(digits: string): boolean;
export function brandOf(number: string): string;
export function expiryOf(text: string): string;
export function nameError(name: string): string;
export function numberError(number: string): string;
export function expiryError(expiry: string, now: number): string;
export function cvcError(cvc: string, number: string): string;
