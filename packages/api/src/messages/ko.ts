import type { JsonType, Texts } from './en.ts'

/** Every text of the service in Korean. Names of fields, headers and values stay as programs spell them. */
export const ko: Texts = {
  errors: {
    NOT_FOUND: '해당 번호의 쿠폰이 없습니다.',
    NOT_STARTED: '아직 사용할 수 없는 쿠폰입니다.',
    EXPIRED: '유효 기간이 지난 쿠폰입니다.',
    EXHAUSTED: '모두 사용된 쿠폰입니다.',
    ALREADY_REDEEMED_BY_USER: '이 사용자는 1인당 사용 가능 횟수만큼 쿠폰을 이미 사용했습니다.',
    USER_ID_REQUIRED: '두 번 이상 사용할 수 있는 쿠폰에는 `userId`가 필요합니다.',
    ONSITE_PASSWORD_REQUIRED: '매장 직원이 입력하는 `onsitePwd`가 필요한 쿠폰입니다.',
    ONSITE_PASSWORD_WRONG: '`onsitePwd`가 이 쿠폰의 비밀번호와 다릅니다.',
    TOO_MANY_ATTEMPTS: '비밀번호를 너무 많이 틀렸습니다. 나중에 다시 시도하십시오.',
    CODE_TAKEN: '이 `cpnNo`를 쓰는 쿠폰이 이미 있습니다.',
    COUPON_LOCKED: '이미 사용된 쿠폰은 `memo`만 변경할 수 있습니다.',
    RESERVATION_NOT_FOUND: '이 `reservationId`로 확정하거나 해제할 수 있는 예약이 없습니다.',
    RESERVATION_EXPIRED: '예약 시간이 지났고, 남은 쿠폰 수량이 없습니다.',
    REDEMPTION_NOT_FOUND: '해당 사용 내역이 없습니다.',
    ALREADY_ROLLED_BACK: '이미 취소된 사용 내역입니다.',
    ALL_HELD:
      '지금은 남은 수량이 없지만 일부는 예약 상태입니다. 나중에 다시 시도하면 성공할 수 있습니다.',
    INVALID_INPUT: '입력 값이 올바르지 않습니다.',
    IDEMPOTENCY_KEY_REQUIRED:
      '이 호출에는 `Idempotency-Key`가 필요합니다. 의도한 처리 하나에 붙이는 이름으로, 첫 시도 전에 만들고 재시도할 때도 그대로 보내십시오.',
    IDEMPOTENCY_KEY_REUSED:
      '이 `Idempotency-Key`는 다른 요청에 사용되었습니다. 새 요청에는 새 키가 필요합니다.',
    IDEMPOTENCY_CONCURRENT_REQUEST:
      '이 `Idempotency-Key`의 첫 요청이 아직 처리 중입니다. 같은 키로 다시 시도하십시오.',
    UNSUPPORTED_MEDIA_TYPE: '`Content-Type`은 application/json이어야 합니다.',
    BODY_TOO_LARGE: '본문이 너무 큽니다.',
    ROUTE_NOT_FOUND: '없는 호출입니다. 메서드와 경로를 확인하십시오.',
    UNAUTHENTICATED: '유효한 키가 필요합니다. `Authorization: APIKey {key}` 헤더를 보내십시오.',
    FORBIDDEN: '이 키로는 허용되지 않는 호출입니다.',
    PLAN_UPGRADE_REQUIRED:
      '이 키의 요금제에는 쿠폰이 포함되지 않습니다. Personal 이상의 요금제가 필요합니다.',
    RATE_LIMITED:
      '이 키의 호출 한도를 초과했습니다. `Retry-After`의 시간이 지난 뒤 다시 시도하십시오.',
    OVERLOADED: '대기 중인 작업이 너무 많습니다. 잠시 후 다시 시도하십시오.',
    UNAVAILABLE: '지금은 응답할 수 없습니다. 같은 `Idempotency-Key`로 다시 시도하십시오.',
    INTERNAL: '서버 오류가 발생했으며 기록되었습니다.',
  },

  reasons: {
    tooManyWrongKeys: '이 주소에서 존재하지 않는 키로 너무 많이 호출했습니다.',
  },

  invalidInput: {
    problem: (field, problem, allowed) => `\`${field}\`: ${problem}. 허용: ${allowed}.`,
    more: (unnamed, listed) =>
      `그 밖에 ${unnamed}건이 더 있으며, \`result\`에는 ${listed}건까지 표시됩니다.`,
  },

  problems: {
    missing: '값이 없습니다',
    empty: '비어 있습니다',
    given: '함께 보낼 수 없는 값이 있습니다',
    unknownField: '알 수 없는 필드입니다',
    notValid: '올바르지 않습니다',
    notCouponNumber: '쿠폰 번호가 아닙니다',
    notIdempotencyKey: '키가 아닙니다',
    notDecodable: '해석할 수 없습니다',
    notReadable: '읽을 수 없습니다',
    notJson: 'JSON으로 읽을 수 없습니다',
    notUtf8: 'UTF-8이 아닙니다',
    givenTwice: '두 번 들어 있습니다',
    tooPrecise: '숫자가 간직할 수 있는 것보다 자릿수가 많습니다',
    tooLong: '너무 깁니다',
    tooSlow: '제시간에 도착하지 않았습니다',
    headersTooLong: '헤더가 너무 깁니다',
    is: (value) => `값이 ${value}입니다`,
    ofType: (type) => `${TYPES[type]}입니다`,
    listOf: (items) => `항목이 ${items}개인 목록입니다`,
    objectOf: (fields) => `필드가 ${fields}개인 객체입니다`,
    noCalendarDay: (day) => `${day}은 달력에 없는 날짜입니다`,
    characters: (count) => `${count}자입니다`,
    fields: (count) => `필드가 ${count}개입니다`,
    guessable: (length, more, existing) =>
      `값이 ${length}입니다. 기존 쿠폰 ${existing}개에 ${more}개를 더하면 그 길이의 번호는 추측할 수 있습니다`,
  },

  allowed: {
    anyValue: '모든 값',
    otherValue: '다른 값',
    couponNumber: '8~16자의 영문자와 숫자. 하이픈과 공백은 무시되고 소문자는 대문자로 읽습니다',
    couponNumberOrEmpty: '8~16자의 영문자와 숫자(하이픈과 공백은 무시), 또는 빈 문자열',
    text: (maxLength) => `NUL이 없는 ${maxLength}자 이하의 문자열`,
    textOf: (minLength, maxLength) => `NUL이 없는 ${minLength}~${maxLength}자의 문자열`,
    anyText: '문자열',
    id: '응답에 있던 그대로의 id',
    moment:
      '2026-11-24T00:00:00Z 또는 2026-11-24T09:00:00%2B09:00처럼 시간대가 있는 시각(쿼리의 +는 공백이 됩니다)',
    cursor: '이전 페이지의 `nextCursor`',
    couponNumbers: (max) => `쿠폰 번호 1개에서 ${max}개까지의 목록`,
    groupOrEmpty: '그룹 번호. 모든 쿠폰이면 빈 문자열',
    noLimitOfExport: '없음. 내보내기에는 모든 행이 포함됩니다',
    keyAlone: '`idempotencyKey` 외에는 없음',
    yesOrNo: '"Y" 또는 "N"',
    integer: (min, max) => `${min}에서 ${max}까지의 정수`,
    day: 'YYYY-MM-DD 형식의 날짜. 제한이 없으면 빈 문자열',
    discountType: (percent, amount) => `${percent}(할인율) 또는 ${amount}(할인 금액)`,
    discount: '1에서 100까지의 할인율, 또는 discCurrency 통화의 금액',
    oneOf: (values) => `다음 중 하나: ${values.join(', ')}`,
    oneOfOrEmpty: (values) => `다음 중 하나: ${values.join(', ')}, 또는 빈 문자열`,
    noField: '필드 없음',
    ofType: (type) => `${type} 값`,
    jsonObject: 'JSON 객체',
    jsonBody: '`__proto__`가 없는 JSON 객체 하나',
    smallerCount: '더 작은 `count`',
    maxFields: (max) => `${max}개 이하`,
    idempotencyKey: '화면에 보이는 ASCII 문자 1~255자',
    host: '서버 이름이 든 헤더',
    encodedPath: '퍼센트 인코딩된 UTF-8',
    once: '한 번만',
    digits: (max: number) => `최대 ${max}자리`,
    shortId: (max: number) => `최대 ${max}자의 id`,
    sentAtOnce: '한 번에 보낸 요청',
    shortHeaders: '16 kB 이하의 헤더',
    http: 'HTTP/1.1 요청',
  },

  rules: {
    'percent-range': ({ given }) => [`값이 ${given}퍼센트입니다`, '1에서 100퍼센트까지'],
    'percent-decimals': ({ given }) => [
      `${given}퍼센트는 소수점 아래가 두 자리를 넘습니다`,
      '소수점 아래 두 자리 이하',
    ],
    'amount-range': ({ given, max }) => [`값이 ${given}입니다`, `0보다 크고 ${max} 이하인 금액`],
    'minor-unit': ({ given, currency }) => [
      `${given} ${currency}는 통화의 최소 단위보다 작은 자리가 있습니다`,
      `${currency} 최소 단위의 배수`,
    ],
    'currency-missing': () => ['값이 없습니다', '통화. 할인이 금액이기 때문입니다'],
    'currency-unknown': () => ['사용할 수 없는 통화입니다', 'ISO 4217 통화'],
    'calendar-day': () => ['달력에 없는 날짜입니다', 'YYYY-MM-DD 형식의 날짜 또는 빈 문자열'],
    'end-before-start': ({ startsOn, endsOn }) => [
      `${endsOn}은 시작일 ${startsOn}보다 앞섭니다`,
      '시작일보다 앞서지 않는 날짜',
    ],
    'integer-range': ({ given, min, max }) => [
      `값이 ${given}입니다`,
      `${min}에서 ${max}까지의 정수`,
    ],
    'text-length': ({ given, max }) => [`${given}자입니다`, `${max}자 이하`],
    'password-length': ({ max }) => ['너무 깁니다', `${max}자 이하`],
    'password-without-onsite': () => [
      '매장에서 사용하지 않는 쿠폰에 지정되었습니다',
      '매장 사용과 함께 지정하는 비밀번호',
    ],
    'unknown-group': () => ['계정에 없는 그룹입니다', '그룹 번호. 없으면 0'],
    'unknown-template': () => ['계정에 없는 템플릿입니다', '템플릿 번호. 없으면 0'],
    'discount-incomplete': () => ['일부만 정해졌습니다', '할인 종류와 함께 정한 할인'],
    'password-left-over': () => [
      '쿠폰에 매장 비밀번호가 있습니다',
      '매장 비밀번호를 없앨 때만 매장 사용 해제',
    ],
  },
}

const TYPES: Readonly<Record<JsonType, string>> = {
  null: 'null',
  list: '목록',
  object: '객체',
  string: '문자열',
  number: '숫자',
  boolean: '참/거짓 값',
}
