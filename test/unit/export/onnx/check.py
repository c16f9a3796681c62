"""Checks exported files with the onnx package and runs them with onnxruntime; prints what was found, as JSON."""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
options.log_severity_level = 4
result = {}
for file in map(Path, sys.argv[2:]):
    model = onnx.load(file)
    onnx.checker.check_model(model, full_check=True)
    inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    size = session.get_inputs()[0].shape[1]
    image = np.fromfile(sys.argv[1], np.uint8).reshape(-1, size, size, 3)
    logits, probabilities = session.run(["logits", "probabilities"], {"image": image})
    result[file.stem] = {
        "logits": logits.ravel().tolist(),
        "sums": probabilities.sum(1).tolist(),
        "inferred": len(inferred.graph.value_info),
        "nodes": len(model.graph.node),
        "classes": json.loads(session.get_modelmeta().custom_metadata_map["classes"]),
        "producer": f"{model.producer_name} {model.producer_version}",
    }
print(json.dumps(result))
