// Stands in for `@jest/globals` where Apollo's suite asks for it: see apollo-suite.test.ts.
module.exports = globalThis[Symbol.for('coupon-gateway.jest-globals')]
