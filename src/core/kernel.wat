;; The passes of vectorPass.ts on the processor's vector unit, two float64 at a time, with the same operations in the
;; same order: the results have the same bits. `npm run kernel` writes what it is built to into kernelBytes.ts.
;;
;; Memory: 512 entries of the table of exponentials (see `weigh`) at 0, the numbers from 4096 on. All counts are in
;; bytes: of blocks of 64 numbers, or of two numbers.
(module
  (memory (export "memory") 1)

  ;; The largest number of every block in $from..$end goes to $to, $to + 8, ...; the least of all is returned. pmax and
  ;; pmin keep the first where the second is NaN.
  (func (export "scan") (param $from i32) (param $end i32) (param $to i32) (result f64)
    (local $stop i32)
    (local $largest v128) (local $largest2 v128) (local $least v128) (local $least2 v128)
    (local.set $least (f64x2.splat (f64.const inf)))
    (local.set $least2 (local.get $least))
    (loop $blocks
      (local.set $stop (i32.add (local.get $from) (i32.const 512)))
      (local.set $largest (f64x2.splat (f64.const -inf)))
      (local.set $largest2 (local.get $largest))
      (loop $numbers
        (local.set $largest (f64x2.pmax (local.get $largest) (v128.load (local.get $from))))
        (local.set $largest2 (f64x2.pmax (local.get $largest2) (v128.load offset=16 (local.get $from))))
        (local.set $least (f64x2.pmin (local.get $least) (v128.load (local.get $from))))
        (local.set $least2 (f64x2.pmin (local.get $least2) (v128.load offset=16 (local.get $from))))
        (local.set $from (i32.add (local.get $from) (i32.const 32)))
        (br_if $numbers (i32.lt_u (local.get $from) (local.get $stop))))
      (local.set $largest (f64x2.pmax (local.get $largest) (local.get $largest2)))
      (f64.store (local.get $to)
        (f64.max (f64x2.extract_lane 0 (local.get $largest)) (f64x2.extract_lane 1 (local.get $largest))))
      (local.set $to (i32.add (local.get $to) (i32.const 8)))
      (br_if $blocks (i32.lt_u (local.get $from) (local.get $end))))
    (local.set $least (f64x2.pmin (local.get $least) (local.get $least2)))
    (f64.min (f64x2.extract_lane 0 (local.get $least)) (f64x2.extract_lane 1 (local.get $least))))

  ;; The same of float32.
  (func (export "scan32") (param $from i32) (param $end i32) (param $to i32) (result f64)
    (local $stop i32)
    (local $largest v128) (local $largest2 v128) (local $least v128) (local $least2 v128)
    (local.set $least (f32x4.splat (f32.const inf)))
    (local.set $least2 (local.get $least))
    (loop $blocks
      (local.set $stop (i32.add (local.get $from) (i32.const 256)))
      (local.set $largest (f32x4.splat (f32.const -inf)))
      (local.set $largest2 (local.get $largest))
      (loop $numbers
        (local.set $largest (f32x4.pmax (local.get $largest) (v128.load (local.get $from))))
        (local.set $largest2 (f32x4.pmax (local.get $largest2) (v128.load offset=16 (local.get $from))))
        (local.set $least (f32x4.pmin (local.get $least) (v128.load (local.get $from))))
        (local.set $least2 (f32x4.pmin (local.get $least2) (v128.load offset=16 (local.get $from))))
        (local.set $from (i32.add (local.get $from) (i32.const 32)))
        (br_if $numbers (i32.lt_u (local.get $from) (local.get $stop))))
      (local.set $largest (f32x4.pmax (local.get $largest) (local.get $largest2)))
      (f64.store (local.get $to)
        (f64.promote_f32
          (f32.max
            (f32.max (f32x4.extract_lane 0 (local.get $largest)) (f32x4.extract_lane 1 (local.get $largest)))
            (f32.max (f32x4.extract_lane 2 (local.get $largest)) (f32x4.extract_lane 3 (local.get $largest))))))
      (local.set $to (i32.add (local.get $to) (i32.const 8)))
      (br_if $blocks (i32.lt_u (local.get $from) (local.get $end))))
    (local.set $least (f32x4.pmin (local.get $least) (local.get $least2)))
    (f64.promote_f32
      (f32.min
        (f32.min (f32x4.extract_lane 0 (local.get $least)) (f32x4.extract_lane 1 (local.get $least)))
        (f32.min (f32x4.extract_lane 2 (local.get $least)) (f32x4.extract_lane 3 (local.get $least))))))

  ;; Replaces every x in $from..$end by exp(x - max), as `expNormal` of exponential.ts does, and by 0 where that is below
  ;; exp(-708). Adding 1.5 * 2^52 rounds to a whole number n, which is then in the low bits. Entry j of the table has
  ;; the bits of 2^(j / 512) less j << 43: added to n << 43, where j = n mod 512, that gives the bits of 2^(n / 512).
  ;; Returns the sum of the exponentials, and that of each times its exponent.
  (func (export "weigh") (param $from i32) (param $end i32) (param $max f64)
    (param $stepsPerUnit f64) (param $stepHigh f64) (param $stepLow f64) (result f64 f64)
    (local $below v128) (local $isNothing v128) (local $rounded v128) (local $whole v128) (local $r v128)
    (local $square v128) (local $weight v128) (local $sum v128) (local $part v128)
    (if (i32.lt_u (local.get $from) (local.get $end)) (then (loop $numbers
      (local.set $below (f64x2.sub (v128.load (local.get $from)) (f64x2.splat (local.get $max))))
      (local.set $isNothing (f64x2.lt (local.get $below) (f64x2.splat (f64.const -708))))
      (local.set $below (f64x2.pmax (local.get $below) (f64x2.splat (f64.const -708))))
      (local.set $rounded
        (f64x2.add (f64x2.mul (local.get $below) (f64x2.splat (local.get $stepsPerUnit)))
          (f64x2.splat (f64.const 0x1.8p52))))
      (local.set $whole (f64x2.sub (local.get $rounded) (f64x2.splat (f64.const 0x1.8p52))))
      (local.set $r
        (f64x2.sub
          (f64x2.sub (local.get $below) (f64x2.mul (local.get $whole) (f64x2.splat (local.get $stepHigh))))
          (f64x2.mul (local.get $whole) (f64x2.splat (local.get $stepLow)))))
      (local.set $square (f64x2.mul (local.get $r) (local.get $r)))
      (local.set $weight
        (v128.andnot
          (f64x2.mul
            (f64x2.add
              (f64x2.add (f64x2.splat (f64.const 1)) (local.get $r))
              (f64x2.mul (local.get $square)
                (f64x2.add (f64x2.splat (f64.const 0.5))
                  (f64x2.mul (local.get $r) (f64x2.splat (f64.const 0.16666666666666666))))))
            (i64x2.add
              (v128.load64_lane 1
                (i32.shl (i32.and (i32.wrap_i64 (i64x2.extract_lane 1 (local.get $rounded))) (i32.const 511))
                  (i32.const 3))
                (v128.load64_zero
                  (i32.shl (i32.and (i32.wrap_i64 (i64x2.extract_lane 0 (local.get $rounded))) (i32.const 511))
                    (i32.const 3))))
              (i64x2.shl (local.get $rounded) (i32.const 43))))
          (local.get $isNothing)))
      (v128.store (local.get $from) (local.get $weight))
      (local.set $sum (f64x2.add (local.get $sum) (local.get $weight)))
      (local.set $part (f64x2.add (local.get $part) (f64x2.mul (local.get $weight) (local.get $below))))
      (local.set $from (i32.add (local.get $from) (i32.const 16)))
      (br_if $numbers (i32.lt_u (local.get $from) (local.get $end))))))
    (f64.add (f64x2.extract_lane 0 (local.get $sum)) (f64x2.extract_lane 1 (local.get $sum)))
    (f64.add (f64x2.extract_lane 0 (local.get $part)) (f64x2.extract_lane 1 (local.get $part))))

  ;; The same sums of float32, which stay as they are.
  (func (export "sum32") (param $from i32) (param $end i32) (param $max f64)
    (param $stepsPerUnit f64) (param $stepHigh f64) (param $stepLow f64) (result f64 f64)
    (local $below v128) (local $isNothing v128) (local $rounded v128) (local $whole v128) (local $r v128)
    (local $square v128) (local $weight v128) (local $sum v128) (local $part v128)
    (if (i32.lt_u (local.get $from) (local.get $end)) (then (loop $numbers
      (local.set $below
        (f64x2.sub (f64x2.promote_low_f32x4 (v128.load64_zero (local.get $from))) (f64x2.splat (local.get $max))))
      (local.set $isNothing (f64x2.lt (local.get $below) (f64x2.splat (f64.const -708))))
      (local.set $below (f64x2.pmax (local.get $below) (f64x2.splat (f64.const -708))))
      (local.set $rounded
        (f64x2.add (f64x2.mul (local.get $below) (f64x2.splat (local.get $stepsPerUnit)))
          (f64x2.splat (f64.const 0x1.8p52))))
      (local.set $whole (f64x2.sub (local.get $rounded) (f64x2.splat (f64.const 0x1.8p52))))
      (local.set $r
        (f64x2.sub
          (f64x2.sub (local.get $below) (f64x2.mul (local.get $whole) (f64x2.splat (local.get $stepHigh))))
          (f64x2.mul (local.get $whole) (f64x2.splat (local.get $stepLow)))))
      (local.set $square (f64x2.mul (local.get $r) (local.get $r)))
      (local.set $weight
        (v128.andnot
          (f64x2.mul
            (f64x2.add
              (f64x2.add (f64x2.splat (f64.const 1)) (local.get $r))
              (f64x2.mul (local.get $square)
                (f64x2.add (f64x2.splat (f64.const 0.5))
                  (f64x2.mul (local.get $r) (f64x2.splat (f64.const 0.16666666666666666))))))
            (i64x2.add
              (v128.load64_lane 1
                (i32.shl (i32.and (i32.wrap_i64 (i64x2.extract_lane 1 (local.get $rounded))) (i32.const 511))
                  (i32.const 3))
                (v128.load64_zero
                  (i32.shl (i32.and (i32.wrap_i64 (i64x2.extract_lane 0 (local.get $rounded))) (i32.const 511))
                    (i32.const 3))))
              (i64x2.shl (local.get $rounded) (i32.const 43))))
          (local.get $isNothing)))
      (local.set $sum (f64x2.add (local.get $sum) (local.get $weight)))
      (local.set $part (f64x2.add (local.get $part) (f64x2.mul (local.get $weight) (local.get $below))))
      (local.set $from (i32.add (local.get $from) (i32.const 8)))
      (br_if $numbers (i32.lt_u (local.get $from) (local.get $end))))))
    (f64.add (f64x2.extract_lane 0 (local.get $sum)) (f64x2.extract_lane 1 (local.get $sum)))
    (f64.add (f64x2.extract_lane 0 (local.get $part)) (f64x2.extract_lane 1 (local.get $part)))))
