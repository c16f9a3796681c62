"""Outputs of .tflite files by TensorFlow's interpreter and its reference kernels: arguments <images> <file> ..., JSON to stdout.

<images>: uint8 pixels, row by row, of as many images as there are. Output: for each file its rows, as stored.
"""

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tensorflow as tf

images, *files = sys.argv[1:]
pixels = np.fromfile(images, dtype=np.uint8)
kernels = tf.lite.experimental.OpResolverType.BUILTIN_REF


def rows(file: str) -> list:
    interpreter = tf.lite.Interpreter(model_path=file, experimental_op_resolver_type=kernels, num_threads=1)
    runner = interpreter.get_signature_runner("serving_default")
    shape = runner.get_input_details()["image"]["shape"]
    dtype = runner.get_input_details()["image"]["dtype"]
    # int8 inputs take the pixels 128 lower.
    batch = pixels.reshape(-1, *shape[1:]).astype(np.int32) - (128 if dtype == np.int8 else 0)
    return [runner(image=image[None].astype(dtype))["probabilities"][0].tolist() for image in batch]


print(json.dumps([rows(file) for file in files]))
