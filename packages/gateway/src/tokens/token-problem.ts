import { errors } from 'jose'

/**
 * What is wrong with a token, for its owner; undefined for an error that is no fault of the token. It says
 * nothing of what would have been right: whoever may have a token here has it from the issuer.
 */
export function describeTokenProblem(error: unknown): string | undefined {
  if (error instanceof errors.JWTExpired) return 'it has expired'
  if (error instanceof errors.JWTClaimValidationFailed) return describeClaimProblem(error)
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'its signature is wrong'
  if (error instanceof errors.JWKSNoMatchingKey) return 'its issuer publishes no key with its `kid`'
  if (error instanceof errors.JWKSMultipleMatchingKeys)
    return 'it does not say by `kid` which key signed it'
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return 'it must be signed, by one of the asymmetric algorithms'
  }
  if (error instanceof errors.JOSENotSupported) return 'its header demands what is not supported'
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) {
    return 'it is not a well-formed JWT'
  }
  return undefined
}

function describeClaimProblem({ claim, reason }: errors.JWTClaimValidationFailed): string {
  if (reason === 'missing') return `it lacks the claim \`${claim}\``
  if (reason === 'invalid') return `its claim \`${claim}\` must be a number`
  switch (claim) {
    case 'nbf':
      return 'it is not valid yet'
    case 'iss':
      return 'its issuer (`iss`) is not the one of this gateway'
    case 'aud':
      return 'it is not meant for this gateway (`aud`)'
    default:
      return `its claim \`${claim}\` is wrong`
  }
}
