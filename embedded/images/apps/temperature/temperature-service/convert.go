package main

import (
	"fmt"
	"math"
	"math/big"
	"strconv"

	"istio-lab/apps/temperature/converter"
)

// scale is a unit of temperature: where absolute zero lies on it, and how many kelvins one of its degrees is.
type scale struct {
	zero, degree *big.Rat
}

var scales = map[converter.Unit]scale{
	converter.Unit_UNIT_CELSIUS:    {big.NewRat(-273_15, 100), big.NewRat(1, 1)},
	converter.Unit_UNIT_FAHRENHEIT: {big.NewRat(-459_67, 100), big.NewRat(5, 9)},
	converter.Unit_UNIT_KELVIN:     {new(big.Rat), big.NewRat(1, 1)},
}

// digits a float64 keeps of any decimal number (DBL_DIG of C's float.h).
const digits = 15

// convert tells a temperature in another unit. The arithmetic is on exact fractions and rounded once, so that no answer ends in
// the dust of binary fractions (423.15000000000003).
func convert(temperature float64, from, to converter.Unit) (float64, error) {
	source, known := scales[from]
	if !known {
		return 0, fmt.Errorf("from=%d: valid are %s", from, converter.UnitNames())
	}
	target, known := scales[to]
	if !known {
		return 0, fmt.Errorf("to=%d: valid are %s", to, converter.UnitNames())
	}
	written := strconv.FormatFloat(temperature, 'g', -1, 64)
	exact, finite := new(big.Rat).SetString(written)
	if !finite {
		return 0, fmt.Errorf("temperature=%s: valid is a finite number", written)
	}
	if exact.Cmp(source.zero) < 0 {
		return 0, fmt.Errorf("temperature=%s: valid is absolute zero (%s %s) or above", written, decimal(source.zero), from.Name())
	}
	exact.Sub(exact, source.zero).Mul(exact, source.degree)
	exact.Quo(exact, target.degree).Add(exact, target.zero)
	value := rounded(exact)
	if math.IsInf(value, 0) {
		return 0, fmt.Errorf("temperature=%s: valid is a number whose value in %s a 64-bit float can hold", written, to.Name())
	}
	return value, nil
}

func rounded(exact *big.Rat) float64 {
	value, _ := strconv.ParseFloat(new(big.Float).SetPrec(128).SetRat(exact).Text('g', digits), 64) // infinite where out of range
	return value
}

func decimal(exact *big.Rat) string {
	return strconv.FormatFloat(rounded(exact), 'f', -1, 64)
}
