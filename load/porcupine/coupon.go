package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/anishathalye/porcupine"
)

// What a caller asked and was told, in milliseconds of one clock.
type operation struct {
	Kind       string `json:"kind"`
	CalledAt   int64  `json:"calledAt"`
	ReturnedAt int64  `json:"returnedAt"`
	// Empty: nobody in particular.
	User string `json:"user"`
	// Of the unit that is taken or acted on.
	Unit string `json:"unit"`
	// 0: the coupon does not count.
	Ordinal  int    `json:"ordinal"`
	UseLimit int    `json:"useLimit"`
	Answer   string `json:"answer"`
}

type unit struct {
	user   string
	status string
	// Of a coupon that had the code before: it counts for nothing any more.
	isOld bool
}

// A coupon after some operations, one after the other. Never changed, only copied.
type coupon struct {
	exists   bool
	useLimit int
	granted  int
	units    map[string]unit
}

// The rules once more, from their description and not from our model: no hold ends by itself here.
func couponModel(it sample) porcupine.Model {
	return porcupine.Model{
		Init: func() interface{} {
			return coupon{exists: it.ExistsAtFirst, useLimit: it.UseLimit, units: map[string]unit{}}
		},
		Step: func(state, input, _ interface{}) (bool, interface{}) {
			return step(state.(coupon), input.(operation), it.UserLimit)
		},
		Equal: func(a, b interface{}) bool {
			one, other := a.(coupon), b.(coupon)
			return one.exists == other.exists && one.useLimit == other.useLimit &&
				one.granted == other.granted && maps.Equal(one.units, other.units)
		},
		DescribeState: func(state interface{}) string {
			it := state.(coupon)
			names := slices.Sorted(maps.Keys(it.units))
			return fmt.Sprintf("exists %v, limit %d, units %s", it.exists, it.useLimit, strings.Join(names, " "))
		},
	}
}

func step(it coupon, op operation, userLimit int) (bool, coupon) {
	switch op.Kind {
	case "redeem", "reserve":
		if op.Answer == "granted" {
			return grant(it, op, userLimit)
		}
		return isTrue(it, op, userLimit), it
	case "validate":
		if op.Answer == "usable" {
			return it.exists && it.hasFree() && !it.hasAll(op.User, userLimit), it
		}
		return isTrue(it, op, userLimit), it
	case "confirm", "release", "rollback":
		return settle(it, op)
	case "create":
		if op.Answer != "done" {
			return it.exists, it
		}
		return !it.exists, it.anew(true, op.UseLimit)
	case "delete":
		if op.Answer != "done" {
			return !it.exists, it
		}
		return it.exists, it.anew(false, it.useLimit)
	case "change-limit":
		switch op.Answer {
		case "not-found":
			return !it.exists, it
		case "locked":
			return it.exists && it.granted > 0, it
		default:
			next := it
			next.useLimit = op.UseLimit
			return it.exists && it.granted == 0, next
		}
	default:
		panic("no such operation: " + op.Kind)
	}
}

func grant(it coupon, op operation, userLimit int) (bool, coupon) {
	_, isTaken := it.units[op.Unit]
	isNext := op.Ordinal == 0 || op.Ordinal == it.granted+1
	if !it.exists || isTaken || !isNext || !it.hasFree() || it.hasAll(op.User, userLimit) {
		return false, it
	}
	status := "used"
	if op.Kind == "reserve" {
		status = "held"
	}
	next := it.with(op.Unit, unit{user: op.User, status: status})
	next.granted++
	return true, next
}

// Whether a rejection says what is so.
func isTrue(it coupon, op operation, userLimit int) bool {
	switch op.Answer {
	case "NOT_FOUND":
		return !it.exists
	case "EXHAUSTED":
		return it.exists && !it.hasFree() && it.count("held") == 0
	case "ALL_HELD":
		return it.exists && !it.hasFree() && it.count("held") > 0
	case "ALREADY_REDEEMED_BY_USER":
		return it.exists && it.hasAll(op.User, userLimit)
	default:
		panic("no such answer: " + op.Answer)
	}
}

// Which state of a unit leads to which, and what else may be answered in it.
func settle(it coupon, op operation) (bool, coupon) {
	from, to := "held", "used"
	switch op.Kind {
	case "release":
		to = "released"
	case "rollback":
		from, to = "used", "rolled back"
	}
	now := it.units[op.Unit]
	switch op.Answer {
	case "done":
		if now.status == to && op.Kind != "rollback" {
			return true, it
		}
		next := now
		next.status = to
		return now.status == from, it.with(op.Unit, next)
	case "already":
		return now.status == to, it
	case "not-found":
		return now.status != from && now.status != to, it
	default:
		return false, it
	}
}

func (it coupon) with(id string, changed unit) coupon {
	next := it
	next.units = maps.Clone(it.units)
	next.units[id] = changed
	return next
}

// Another coupon with this code, or none.
func (it coupon) anew(exists bool, useLimit int) coupon {
	next := coupon{exists: exists, useLimit: useLimit, units: map[string]unit{}}
	for id, old := range it.units {
		old.isOld = true
		next.units[id] = old
	}
	return next
}

func (it coupon) hasFree() bool {
	return it.useLimit == 0 || it.count("used")+it.count("held") < it.useLimit
}

func (it coupon) hasAll(user string, userLimit int) bool {
	count := 0
	for _, its := range it.units {
		if its.user == user && !its.isOld && (its.status == "used" || its.status == "held") {
			count++
		}
	}
	return user != "" && count >= userLimit
}

func (it coupon) count(status string) int {
	count := 0
	for _, its := range it.units {
		if its.status == status && !its.isOld {
			count++
		}
	}
	return count
}
