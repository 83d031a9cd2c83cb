export class IntoUnderlyingByteSource {
__destroy_into_raw() {
const ptr = this.__wbg_ptr;
this.__wbg_ptr = 0;
IntoUnderlyingByteSourceFinalization.unregister(this);
return ptr;
}
free() {
const ptr = this.__destroy_into_raw();
wasm.__wbg_intounderlyingbytesource_free(ptr, 0);
}
get autoAllocateChunkSize() {
const ret = wasm.intounderlyingbytesource_autoAllocateChunkSize(this.__wbg_ptr);
return ret >>> 0;
}
cancel() {
const ptr = this.__destroy_into_raw();
wasm.intounderlyingbytesource_cancel(ptr);
}
pull(controller) {
const ret = wasm.intounderlyingbytesource_pull(this.__wbg_ptr, controller);
return ret;
}
start(controller) {
wasm.intounderlyingbytesource_start(this.__wbg_ptr, controller);
}
get type() {
const ret = wasm.intounderlyingbytesource_type(this.__wbg_ptr);
return __wbindgen_enum_ReadableStreamType[ret];
}
}
if (Symbol.dispose) IntoUnderlyingByteSource.prototype[Symbol.dispose] = IntoUnderlyingByteSource.prototype.free;
export class IntoUnderlyingSink {
__destroy_into_raw() {
const ptr = this.__wbg_ptr;
this.__wbg_ptr = 0;
IntoUnderlyingSinkFinalization.unregister(this);
return ptr;
}
free() {
const ptr = this.__destroy_into_raw();
wasm.__wbg_intounderlyingsink_free(ptr, 0);
}
abort(reason) {
const ptr = this.__destroy_into_raw();
const ret = wasm.intounderlyingsink_abort(ptr, reason);
return ret;
}
close() {
const ptr = this.__destroy_into_raw();
const ret = wasm.intounderlyingsink_close(ptr);
return ret;
}
write(chunk) {
const ret = wasm.intounderlyingsink_write(this.__wbg_ptr, chunk);
return ret;
}
}
if (Symbol.dispose) IntoUnderlyingSink.prototype[Symbol.dispose] = IntoUnderlyingSink.prototype.free;
export class IntoUnderlyingSource {
__destroy_into_raw() {
const ptr = this.__wbg_ptr;
this.__wbg_ptr = 0;
IntoUnderlyingSourceFinalization.unregister(this);
return ptr;
}
free() {
const ptr = this.__destroy_into_raw();
wasm.__wbg_intounderlyingsource_free(ptr, 0);
}
cancel() {
const ptr = this.__destroy_into_raw();
wasm.intounderlyingsource_cancel(ptr);
}
pull(controller) {
const ret = wasm.intounderlyingsource_pull(this.__wbg_ptr, controller);
return ret;
}
}
if (Symbol.dispose) IntoUnderlyingSource.prototype[Symbol.dispose] = IntoUnderlyingSource.prototype.free;
function __wbg_get_imports() {
const import0 = {
__proto__: null,
__wbg___wbindgen_boolean_get_5b446f51afd21013: function(arg0) {
const v = arg0;
const ret = typeof(v) === 'boolean' ? v : undefined;
return isLikeNone(ret) ? 0xFFFFFF : ret ? 1 : 0;
},
__wbg___wbindgen_debug_string_4687d8d8c2017d52: function(arg0, arg1) {
const ret = debugString(arg1);
const ptr1 = passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
const len1 = WASM_VECTOR_LEN;
getDataViewMemory0().setInt32(arg0 + 4 * 1, len1, true);
getDataViewMemory0().setInt32(arg0 + 4 * 0, ptr1, true);
},
__wbg___wbindgen_is_falsy_16bd49b68658263e: function(arg0) {
const ret = !arg0;
return ret;
},
__wbg___wbindgen_is_function_1f9d30630b8b1d3d: function(arg0) {
const ret = typeof(arg0) === 'function';
return ret;
},
__wbg___wbindgen_is_null_e343b7d08827ba72: function(arg0) {
const ret = arg0 === null;
return ret;
},
__wbg___wbindgen_is_object_3c45d4f2dde4e749: function(arg0) {
const val = arg0;
const ret = typeof(val) === 'object' && val !== null;
return ret;
},
__wbg___wbindgen_is_string_90b56bc79aad6f6c: function(arg0) {
const ret = typeof(arg0) === 'string';
return ret;
},
__wbg___wbindgen_is_undefined_8865fb403f8fe9d8: function(arg0) {
const ret = arg0 === undefined;
return ret;
},
__wbg___wbindgen_jsval_eq_02babf21faa37971: function(arg0, arg1) {
const ret = arg0 === arg1;
return ret;
},
__wbg___wbindgen_string_get_0380ccaa2f57f0d9: function(arg0, arg1) {
const obj = arg1;
const ret = typeof(obj) === 'string' ? obj : undefined;
var ptr1 = isLikeNone(ret) ? 0 : passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
var len1 = WASM_VECTOR_LEN;
getDataViewMemory0().setInt32(arg0 + 4 * 1, len1, true);
getDataViewMemory0().setInt32(arg0 + 4 * 0, ptr1, true);
},
__wbg___wbindgen_throw_41e9ee4f547fc59a: function(arg0, arg1) {
throw new Error(getStringFromWasm0(arg0, arg1));
},
__wbg__wbg_cb_unref_dcc1a90847f04c41: function(arg0) {
arg0._wbg_cb_unref();
},
__wbg_abort_f78b99d80248bacb: function(arg0) {
arg0.abort();
},
__wbg_activeElement_69b55e3697f14d9b: function(arg0) {
const ret = arg0.activeElement;
return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
},
__wbg_addEventListener_4d0db17c671ea324: function() { return handleError(function (arg0, arg1, arg2, arg3) {
arg0.addEventListener(getStringFromWasm0(arg1, arg2), arg3);
}, arguments); },
__wbg_altKey_1e5fe17a42050103: function(arg0) {
const ret = arg0.altKey;
return ret;
},
__wbg_altKey_cfb4c4fab9a7d0d0: function(arg0) {
const ret = arg0.altKey;
return ret;
},
__wbg_appendChild_fb8c52e7dd8484ea: function() { return handleError(function (arg0, arg1) {
const ret = arg0.appendChild(arg1);
return ret;
}, arguments); },
__wbg_arrayBuffer_f07be74819944ea2: function() { return handleError(function (arg0) {
const ret = arg0.arrayBuffer();
return ret;
}, arguments); },
__wbg_back_3fe9f0b5102d8eb1: function() { return handleError(function (arg0) {
arg0.back();
}, arguments); },
__wbg_body_e549239eaff082e1: function(arg0) {
const ret = arg0.body;
return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
},
__wbg_buffer_56ec2905a66f58b9: function(arg0) {
const ret = arg0.buffer;
return ret;
},
__wbg_button_1aa380c7ca420cd1: function(arg0) {
const ret = arg0.button;
return ret;
},
__wbg_byobRequest_54f7ce41d584549a: function(arg0) {
const ret = arg0.byobRequest;
return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
},
__wbg_byteLength_9f985b8373f1f3fe: function(arg0) {
const ret = arg0.byteLength;
return ret;
},
__wbg_byteOffset_0bd5a6a03553639c: function(arg0) {
const ret = arg0.byteOffset;
return ret;
},
__wbg_call_187d372bd5fdd4aa: function() { return handleError(function (arg0, arg1, arg2) {
const ret = arg0.call(arg1, arg2);
return ret;
}, arguments); },
__wbg_call_6137034ef55c9d0f: function() { return handleError(function (arg0, arg1) {
const ret = arg0.call(arg1);
return ret;
}, arguments); },
__wbg_cancelBubble_317b9e84df6f26ee: function(arg0) {
const ret = arg0.cancelBubble;
return ret;
},
__wbg_checked_dfbd69c1f78ce37d: function(arg0) {
const ret = arg0.checked;
return ret;
},
__wbg_children_5d993c7c993e6c59: function(arg0) {
const ret = arg0.children;
return ret;
},
__wbg_clearInterval_f1a050672da2658c: function(arg0, arg1) {
arg0.clearInterval(arg1);
},
__wbg_clearTimeout_c7bc4c3c7a7774af: function(arg0, arg1) {
arg0.clearTimeout(arg1);
},
__wbg_click_d990e70c576b7c54: function(arg0) {
arg0.click();
},
__wbg_clientHeight_33dd2a2c8630a1f1: function(arg0) {
const ret = arg0.clientHeight;
return ret;
},
__wbg_clipboard_9bf6a11ffd0b00a8: function(arg0) {
const ret = arg0.clipboard;
return ret;
},
__wbg_cloneNode_36b409d13a42e5ef: function() { return handleError(function (arg0, arg1) {
const ret = arg0.cloneNode(arg1 !== 0);
return ret;
}, arguments); },
__wbg_cloneNode_a3ed8db010540e0d: function() { return handleError(function (arg0) {
const ret = arg0.cloneNode();
return ret;
}, arguments); },
__wbg_close_185286988f30f252: function() { return handleError(function (arg0) {
arg0.close();
}, arguments); },
__wbg_close_748f26698dabe269: function() { return handleError(function (arg0) {
arg0.close();
}, arguments); },
__wbg_close_a3ce29a80f5a2c01: function(arg0) {
arg0.close();
},
__wbg_closest_6abd1bf5d7559cda: function() { return handleError(function (arg0, arg1, arg2) {
const ret = arg0.closest(getStringFromWasm0(arg1, arg2));
return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
}, arguments); },
__wbg_composedPath_ebbc1f73360cd735: function(arg0) {
const ret = arg0.composedPath();
return ret;
},
__wbg_contains_dd3796baeaeb3211: function(arg0, arg1) {
const ret = arg0.contains(arg1);
return ret;
},
__wbg_content_8137df3b9481cbf9: function(arg0) {
const ret = arg0.content;
return ret;
},
__wbg_createComment_9121ed4d148136d4: function(arg0, arg1, arg2) {
const ret = arg0.createComment(getStringFromWasm0(arg1, arg2));
return ret;
},
__wbg_createElementNS_957ec8b66176901e: function() { return handleError(function (arg0, arg1, arg2, arg3, arg4) {
const ret = arg0.createElementNS(arg1 === 0 ? undefined : getStringFromWasm0(arg1, arg2), getStringFromWasm0(arg3, arg4));
return ret;
}, arguments); },
__wbg_createElement_74049073a11f9c31: function() { return handleError(function (arg0, arg1, arg2) {
const ret = arg0.createElement(getStringFromWasm0(arg1, arg2));
return ret;
}, arguments); },
__wbg_createObjectURL_2f3b38279fe61801: function() { return handleError(function (arg0, arg1) {
const ret = URL.createObjectURL(arg1);
const ptr1 = passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
const len1 = WASM_VECTOR_LEN;
getDataViewMemory0().setInt32(arg0 + 4 * 1, len1, true);
getDataViewMemory0().setInt32(arg0 + 4 * 0, ptr1, true);
}, arguments); },
__wbg_createTextNode_561b59dda21e4ea7: function(arg0, arg1, arg2) {
const ret = arg0.createTextNode(getStringFromWasm0(arg1, arg2));
return ret;
},
__wbg_ctrlKey_282349f48e6cb157: function(arg0) {
const ret = arg0.ctrlKey;
return ret;
},
__wbg_ctrlKey_8b5101745e8782fa: function(arg0) {
const ret = arg0.ctrlKey;
return ret;
},
__wbg_decodeURIComponent_4c02a566bbbeee61: function() { return handleError(function (arg0, arg1) {
const ret = decodeURIComponent(getStringFromWasm0(arg0, arg1));
return ret;
}, arguments); },
__wbg_decodeURI_56f6e762955e5740: function() { return handleError(function (arg0, arg1) {
const ret = decodeURI(getStringFromWasm0(arg0, arg1));
return ret;
}, arguments); },
__wbg_defaultPrevented_5af41e1dd07ed819: function(arg0) {
const ret = arg0.defaultPrevented;
return ret;
},
__wbg_deleteProperty_698947935b859cd2: function() { return handleError(function (arg0, arg1) {
const ret = Reflect.deleteProperty(arg0, arg1);
return ret;
}, arguments); },
__wbg_delete_7370c604cde84e72: function(arg0, arg1, arg2) {
arg0.delete(getStringFromWasm0(arg1, arg2));
},
__wbg_disconnect_1eac4c705724307d: function(arg0) {
arg0.disconnect();
},
__wbg_documentElement_3f718a9a39a893d3: function(arg0) {
const ret = arg0.documentElement;
return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
},
__wbg_document_9854e03c05fc8834: function(arg0) {
const ret = arg0.document;
return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
},
__wbg_done_b41a1d26cdb37fb6: function(arg0) {
const ret = arg0.done;
return ret;
},
__wbg_encodeURIComponent_efaac779eb523147: function(arg0, arg1) {
const ret = encodeURIComponent(getStringFromWasm0(arg0, arg1));
return ret;
},
__wbg_enqueue_4a01c128f9a0de16: function() { return handleError(function (arg0, arg1) {
arg0.enqueue(arg1);
}, arguments); },
__wbg_error_c9cf3fc2064683a9: function(arg0) {
console.error(arg0);
},
__wbg_fetch_8d9b732df7467c44: function(arg0) {
const ret = fetch(arg0);
return ret;
},
__wbg_firstElementChild_d5206a011a5ecd0c: function(arg0) {
const ret = arg0.firstElementChild;
return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
},
__wbg_focus_f740d61348f422e7: function() { return handleError(function (arg0) {
arg0.focus();
}, arguments); },
__wbg_format_413299c3b0899f2a: function(arg0, arg1, arg2, arg3) {
const ret = arg0.format(arg1, getStringFromWasm0(arg2, arg3));
return ret;
},
__wbg_format_ca76e8b79adca402: function(arg0) {
const ret = arg0.format;
return ret;
},
__wbg_getAttribute_061ad00c16e2f622: function(arg0, arg1, arg2, arg3) {
const ret = arg1.getAttribute(getStringFromWasm0(arg2, arg3));
var ptr1 = isLikeNone(ret) ? 0 : passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
var len1 = WASM_VECTOR_LEN;
getDataViewMemory0().setInt32(arg0 + 4 * 1, len1, true);
getDataViewMemory0().setInt32(arg0 + 4 * 0, ptr1, true);
},
__wbg_getBoundingClientRect_57152b1a20f3de34: function(arg0) {
const ret = arg0.getBoundingClientRect();
return ret;
},
__wbg_getElementById_cc94972b404e4eaa: function(arg0, arg1, arg2) {
const ret = arg0.getElementById(getStringFromWasm0(arg1, arg2));
return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
},
__wbg_getItem_4c80b7663197c7ff: function() { return handleError(function (arg0, arg1, arg2, arg3) {
const ret = arg1.getItem(getStringFromWasm0(arg2, arg3));
var ptr1 = isLikeNone(ret) ? 0 : passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
var len1 = WASM_VECTOR_LEN;
getDataViewMemory0().setInt32(arg0 + 4 * 1, len1, true);
getDataViewMemory0().setInt32(arg0 + 4 * 0, ptr1, true);
}, arguments); },
__wbg_get_31af05bd4842a84f: function() { return handleError(function (arg0, arg1) {
const ret = Reflect.get(arg0, arg1);
return ret;
}, arguments); },
__wbg_get_658f6698067d9515: function() { return handleError(function (arg0, arg1) {
const ret = Reflect.get(arg0, arg1);
return ret;
}, arguments); },
__wbg_get_6c896e0571ddae51: function(arg0, arg1) {
const ret = arg0[arg1 >>> 0];
return ret;
},
__wbg_get_f75619e20cb68514: function() { return handleError(function (arg0, arg1, arg2, arg3) {
const ret = arg1.get(getStringFromWasm0(arg2, arg3));
var ptr1 = isLikeNone(ret) ? 0 : passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
var len1 = WASM_VECTOR_LEN;
getDataViewMemory0().setInt32(arg0 + 4 * 1, len1, true);
getDataViewMemory0().setInt32(arg0 + 4 * 0, ptr1, true);
}, arguments); },
__wbg_hasAttribute_b009da6c546736e9: function(arg0, arg1, arg2) {
const ret = arg0.hasAttribute(getStringFromWasm0(arg1, arg2));
return ret;
},
__wbg_hasFocus_a0ae804216f45b06: function() { return handleError(function (arg0) {
const ret = arg0.hasFocus();
return ret;
}, arguments); },
__wbg_hash_481ccd0e9db7c789: function(arg0, arg1) {
const ret = arg1.hash;
const ptr1 = passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
const len1 = WASM_VECTOR_LEN;
getDataViewMemory0().setInt32(arg0 + 4 * 1, len1, true);
getDataViewMemory0().setInt32(arg0 + 4 * 0, ptr1, true);
},
__wbg_hash_70026655de58cb56: function(arg0, arg1) {
const ret = arg1.hash;
const ptr1 = passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
const len1 = WASM_VECTOR_LEN;
getDataViewMemory0().setInt32(arg0 + 4 * 1, len1, true);
getDataViewMemory0().setInt32(arg0 + 4 * 0, ptr1, true);
},
__wbg_hash_c4083658cccb641b: function() { return handleError(function (arg0, arg1) {
const ret = arg1.hash;
const ptr1 = passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
const len1 = WASM_VECTOR_LEN;
getDataViewMemory0().setInt32(arg0 + 4 * 1, len1, true);
getDataViewMemory0().setInt32(arg0 + 4 * 0, ptr1, true);
}, arguments); },
__wbg_headers_eba93595f8944c2f: function(arg0) {
const ret = arg0.headers;
return ret;
},
__wbg_height_fb13ed9fe991b5f4: function(arg0) {
const ret = arg0.height;
return ret;
},
__wbg_hidden_2ba371ecafe013fa: function(arg0) {
const ret = arg0.hidden;
return ret;
},
__wbg_hidePopover_e3b6eb92afcc7295: function() { return handleError(function (arg0) {
arg0.hidePopover();
}, arguments); },
__wbg_history_4128e7793fa4758c: function() { return handleError(function (arg0) {
const ret = arg0.history;
return ret;
}, arguments); },
__wbg_host_c1e5897b2ece281c: function(arg0) {
const ret = arg0.host;
return ret;
},
__wbg_hostname_b9a71dd3c2da0eef: function() { return handleError(function (arg0, arg1) {
const ret = arg1.hostname;
const ptr1 = passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
const len1 = WASM_VECTOR_LEN;
getDataViewMemory0().setInt32(arg0 + 4 * 1, len1, true);
getDataViewMemory0().setInt32(arg0 + 4 * 0, ptr1, true);
}, arguments); },
__wbg_href_221703ee1ed727fc: function(arg0, arg1) {
const ret = arg1.href;
const ptr1 = passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
const len1 = WASM_VECTOR_LEN;
getDataViewMemory0().setInt32(arg0 + 4 * 1, len1, true);
getDataViewMemory0().setInt32(arg0 + 4 * 0, ptr1, true);
},
__wbg_href_9628eff073accef7: function(arg0, arg1) {
const ret = arg1.href;
const ptr1 = passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
const len1 = WASM_VECTOR_LEN;
getDataViewMemory0().setInt32(arg0 + 4 * 1, len1, true);
getDataViewMemory0().setInt32(arg0 + 4 * 0, ptr1, true);
},
__wbg_insertBefore_f1ba67809033f6b1: function() { return handleError(function (arg0, arg1, arg2) {
const ret = arg0.insertBefore(arg1, arg2);
return ret;
}, arguments); },
__wbg_instanceof_Element_818e11074cdb63b5: function(arg0) {
let result;
try {
result = arg0 instanceof Element;
} catch (_) {
result = false;
}
const ret = result;
return ret;
},
__wbg_instanceof_Error_80a725f81f2e102d: function(arg0) {
let result;
try {
result = arg0 instanceof Error;
} catch (_) {
result = false;
}
const ret = result;
return ret;
},
__wbg_instanceof_HtmlAnchorElement_e2e601da36602959: function(arg0) {
let result;
try {
result = arg0 instanceof HTMLAnchorElement;
} catch (_) {
result = false;
}
const ret = result;
return ret;
},
__wbg_instanceof_HtmlElement_32fb153a5a0e2349: function(arg0) {
let result;
try {
result = arg0 instanceof HTMLElement;
} catch (_) {
result = false;
}
const ret = result;
return ret;
},
__wbg_instanceof_HtmlInputElement_5c33d1de59c09c49: function(arg0) {
let result;
try {
result = arg0 instanceof HTMLInputElement;
} catch (_) {
result = false;
}
const ret = result;
return ret;
},
__wbg_instanceof_Node_177cfa58c50e2609: function(arg0) {
let result;
try {
result = arg0 instanceof Node;
} catch (_) {
result = false;
}
const ret = result;
return ret;
},
__wbg_instanceof_Response_b8758567269c30b2: function(arg0) {
let result;
try {
result = arg0 instanceof Response;
} catch (_) {
result = false;
}
const ret = result;
return ret;
},
__wbg_instanceof_ShadowRoot_0ef114d846d9fd90: function(arg0) {
let result;
try {
result = arg0 instanceof ShadowRoot;
} catch (_) {
result = false;
}
const ret = result;
return ret;
},
__wbg_instanceof_Window_82d71df4eddf88bc: function(arg0) {
let result;
try {
result = arg0 instanceof Window;
} catch (_) {
result = false;
}
const ret = result;
return ret;
},
__wbg_isArray_e15a2ff68ffdbef2: function(arg0) {
const ret = Array.isArray(arg0);
return ret;
},
__wbg_item_3475d2457d4176ae: function(arg0, arg1) {
const ret = arg0.item(arg1 >>> 0);
return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
},
__wbg_iterator_e3c31c892080e444: function() {
const ret = Symbol.iterator;
return ret;
},
__wbg_key_1193871533b99ae5: function(arg0, arg1) {
const ret = arg1.key;
const ptr1 = passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
const len1 = WASM_VECTOR_LEN;
getDataViewMemory0().setInt32(arg0 + 4 * 1, len1, true);
getDataViewMemory0().setInt32(arg0 + 4 * 0, ptr1, true);
},
__wbg_length_7f3c00c40364105e: function(arg0) {
const ret = arg0.length;
return ret;
},
__wbg_length_d4bdea10311bd9cf: function(arg0) {
const ret = arg0.length;
return ret;
},
__wbg_localStorage_567c24950edbc178: function() { return handleError(function (arg0) {
const ret = arg0.localStorage;
return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
}, arguments); },
__wbg_location_0c3b647951bec551: function(arg0) {
const ret = arg0.location;
return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
},
__wbg_location_9c46e8ada95d3174: function(arg0) {
const ret = arg0.location;
return ret;
},
__wbg_matches_6c4208e55bd9209e: function() { return handleError(function (arg0, arg1, arg2) {
const ret = arg0.matches(getStringFromWasm0(arg1, arg2));
return ret;
}, arguments); },
__wbg_message_5f8387f0c32b90a7: function(arg0) {
const ret = arg0.message;
return ret;
},
__wbg_metaKey_9c3be2ab835b0148: function(arg0) {
const ret = arg0.metaKey;
return ret;
},
__wbg_metaKey_fb78da4d237d5bbb: function(arg0) {
const ret = arg0.metaKey;
return ret;
},
__wbg_name_e2eac7cdfa054f65: function(arg0) {
const ret = arg0.name;
return ret;
},
__wbg_navigator_2156486643462a87: function(arg0) {
const ret = arg0.navigator;
return ret;
},
__wbg_new_1a8d2827bd9e1a2e: function() { return handleError(function (arg0) {
const ret = new ResizeObserver(arg0);
return ret;
}, arguments); },
__wbg_new_1dbf7428bba60a42: function(arg0) {
const ret = new Uint8Array(arg0);
return ret;
},
__wbg_new_2e41357094e99294: function() { return handleError(function () {
const ret = new AbortController();
return ret;
}, arguments); },
__wbg_new_343a093a3c2ffb4e: function(arg0, arg1) {
const ret = new Error(getStringFromWasm0(arg0, arg1));
return ret;
},
__wbg_new_34e56228080aa9f8: function(arg0) {
const ret = new Date(arg0);
return ret;
},
__wbg_new_5502aad30c185fc8: function(arg0, arg1) {
try {
var state0 = {a: arg0, b: arg1};
var cb0 = (arg0, arg1) => {
const a = state0.a;
state0.a = 0;
try {
return _ZN12wasm_bindgen7convert8closures1_6invoke17h7cef1d4c7d42424bE(a, state0.b, arg0, arg1);
} finally {
state0.a = a;
}
};
const ret = new Promise(cb0);
return ret;
} finally {
state0.a = 0;
}
},
__wbg_new_617a8cdb8bb1130e: function() {
const ret = new Object();
return ret;
},
__wbg_new_820eb53f620ccf82: function() { return handleError(function (arg0, arg1) {
const ret = new URL(getStringFromWasm0(arg0, arg1));
return ret;
}, arguments); },
__wbg_new_83ca405eae412a62: function() { return handleError(function () {
const ret = new Headers();
return ret;
}, arguments); },
__wbg_new_b755d001bf9dd188: function(arg0, arg1) {
const ret = new Intl.RelativeTimeFormat(arg0, arg1);
return ret;
},
__wbg_new_d92488e3f585ed02: function() { return handleError(function () {
const ret = new URLSearchParams();
return ret;
}, arguments); },
__wbg_new_e32e15714757492a: function(arg0, arg1) {
const ret = new Intl.DateTimeFormat(arg0, arg1);
return ret;
},
__wbg_new_ee2291f50781bf1d: function() {
const ret = new Array();
return ret;
},
__wbg_new_from_slice_9a868026ffa4208a: function(arg0, arg1) {
const ret = new Uint8Array(getArrayU8FromWasm0(arg0, arg1));
return ret;
},
__wbg_new_typed_b01cb72a8af741a3: function(arg0, arg1) {
try {
var state0 = {a: arg0, b: arg1};
var cb0 = (arg0, arg1) => {
const a = state0.a;
state0.a = 0;
try {
return _ZN12wasm_bindgen7convert8closures1_6invoke17hb90ddb222a23983cE(a, state0.b, arg0, arg1);
} finally {
state0.a = a;
}
};
const ret = new Promise(cb0);
return ret;
} finally {
state0.a = 0;
}
},
__wbg_new_with_base_29cdb449ce79d2d5: function() { return handleError(function (arg0, arg1, arg2, arg3) {
const ret = new URL(getStringFromWasm0(arg0, arg1), getStringFromWasm0(arg2, arg3));
return ret;
}, arguments); },
__wbg_new_with_byte_offset_and_length_2f5d7fc2a828b74d: function(arg0, arg1, arg2) {
const ret = new Uint8Array(arg0, arg1 >>> 0, arg2 >>> 0);
return ret;
},
__wbg_new_with_str_2d1292ac88699448: function() { return handleError(function (arg0, arg1) {
const ret = new Request(getStringFromWasm0(arg0, arg1));
return ret;
}, arguments); },
__wbg_new_with_str_and_init_4618dee4e950224f: function() { return handleError(function (arg0, arg1, arg2) {
const ret = new Request(getStringFromWasm0(arg0, arg1), arg2);
return ret;
}, arguments); },
__wbg_new_with_str_bb707702009e7af7: function() { return handleError(function (arg0, arg1) {
const ret = new URLSearchParams(getStringFromWasm0(arg0, arg1));
return ret;
}, arguments); },
__wbg_new_with_str_sequence_and_options_e6f31745d4b2e5e4: function() { return handleError(function (arg0, arg1) {
const ret = new Blob(arg0, arg1);
return ret;
}, arguments); },
__wbg_next_33784799010f1bbe: function(arg0) {
const ret = arg0.next;
return ret;
},
__wbg_next_f4aac29c42af995c: function() { return handleError(function (arg0) {
const ret = arg0.next();
return ret;
}, arguments); },
__wbg_now_aa4ccb83129e9e55: function() {
const ret = Date.now();
return ret;
},
__wbg_now_d0b7f4bea9f38490: function(arg0) {
const ret = arg0.now();
return ret;
},
__wbg_observe_fa02ec4710cff1db: function(arg0, arg1) {
arg0.observe(arg1);
},
__wbg_of_d5dbecdc59e02e34: function(arg0) {
const ret = Array.of(arg0);
return ret;
},
__wbg_open_47bdd5e9f4534f5f: function(arg0) {
const ret = arg0.open;
return ret;
},
__wbg_open_cbfed9e906acbf83: function(arg0) {
const ret = arg0.open;
return ret;
},
__wbg_origin_8256f720f80c4471: function(arg0, arg1) {
const ret = arg1.origin;
const ptr1 = passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
const len1 = WASM_VECTOR_LEN;
getDataViewMemory0().setInt32(arg0 + 4 * 1, len1, true);
getDataViewMemory0().setInt32(arg0 + 4 * 0, ptr1, true);
},
__wbg_origin_96d72883773c6d82: function() { return handleError(function (arg0, arg1) {
const ret = arg1.origin;
const ptr1 = passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
const len1 = WASM_VECTOR_LEN;
getDataViewMemory0().setInt32(arg0 + 4 * 1, len1, true);
getDataViewMemory0().setInt32(arg0 + 4 * 0, ptr1, true);
}, arguments); },
__wbg_origin_c09086b40bac9116: function(arg0, arg1) {
const ret = arg1.origin;
const ptr1 = passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
const len1 = WASM_VECTOR_LEN;
getDataViewMemory0().setInt32(arg0 + 4 * 1, len1, true);
getDataViewMemory0().setInt32(arg0 + 4 * 0, ptr1, true);
},
__wbg_parentNode_32afd0d7ad7dca98: function(arg0) {
const ret = arg0.parentNode;
return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
},
__wbg_pathname_2722e395309e4ee1: function() { return handleError(function (arg0, arg1) {
const ret = arg1.pathname;
const ptr1 = passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
const len1 = WASM_VECTOR_LEN;
getDataViewMemory0().setInt32(arg0 + 4 * 1, len1, true);
getDataViewMemory0().setInt32(arg0 + 4 * 0, ptr1, true);
}, arguments); },
__wbg_pathname_d82ae895123346ab: function(arg0, arg1) {
const ret = arg1.pathname;
const ptr1 = passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
const len1 = WASM_VECTOR_LEN;
getDataViewMemory0().setInt32(arg0 + 4 * 1, len1, true);
getDataViewMemory0().setInt32(arg0 + 4 * 0, ptr1, true);
},
__wbg_pathname_df59b4713c9f39cb: function(arg0, arg1) {
const ret = arg1.pathname;
const ptr1 = passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
const len1 = WASM_VECTOR_LEN;
getDataViewMemory0().setInt32(arg0 + 4 * 1, len1, true);
getDataViewMemory0().setInt32(arg0 + 4 * 0, ptr1, true);
},
__wbg_performance_d0d7b03fc649b694: function(arg0) {
const ret = arg0.performance;
return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
},
__wbg_prepend_ecb09626f8c33ebf: function() { return handleError(function (arg0, arg1) {
arg0.prepend(arg1);
}, arguments); },
__wbg_preventDefault_af59afb0f0a02e20: function(arg0) {
arg0.preventDefault();
},
__wbg_prototypesetcall_bc27214492979395: function(arg0, arg1, arg2) {
Uint8Array.prototype.set.call(getArrayU8FromWasm0(arg0, arg1), arg2);
},
__wbg_pushState_f02e0eae273f45f3: function() { return handleError(function (arg0, arg1, arg2, arg3, arg4, arg5) {
arg0.pushState(arg1, getStringFromWasm0(arg2, arg3), arg4 === 0 ? undefined : getStringFromWasm0(arg4, arg5));
}, arguments); },
__wbg_querySelector_49877e2a9e3f670b: function() { return handleError(function (arg0, arg1, arg2) {
const ret = arg0.querySelector(getStringFromWasm0(arg1, arg2));
return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
}, arguments); },
__wbg_querySelector_ecbc2550705b235f: function() { return handleError(function (arg0, arg1, arg2) {
const ret = arg0.querySelector(getStringFromWasm0(arg1, arg2));
return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
}, arguments); },
__wbg_queueMicrotask_9833f9a49df95a49: function(arg0) {
const ret = arg0.queueMicrotask;
return ret;
},
__wbg_queueMicrotask_a72f977e97f23c5f: function(arg0) {
queueMicrotask(arg0);
},
__wbg_random_5a4cafd2f02395ff: function() {
const ret = Math.random();
return ret;
},
__wbg_redirected_31ed95e9c60afcfe: function(arg0) {
const ret = arg0.redirected;
return ret;
},
__wbg_relatedTarget_a8a7e56af040cacc: function(arg0) {
const ret = arg0.relatedTarget;
return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
},
__wbg_reload_0dd932ae5e23064a: function() { return handleError(function (arg0) {
arg0.reload();
}, arguments); },
__wbg_removeAttribute_2f2700a6f933a6be: function() { return handleError(function (arg0, arg1, arg2) {
arg0.removeAttribute(getStringFromWasm0(arg1, arg2));
}, arguments); },
__wbg_removeEventListener_6e68185345978771: function() { return handleError(function (arg0, arg1, arg2, arg3) {
arg0.removeEventListener(getStringFromWasm0(arg1, arg2), arg3);
}, arguments); },
__wbg_removeProperty_13c9429e04312477: function() { return handleError(function (arg0, arg1, arg2, arg3) {
const ret = arg1.removeProperty(getStringFromWasm0(arg2, arg3));
const ptr1 = passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
const len1 = WASM_VECTOR_LEN;
getDataViewMemory0().setInt32(arg0 + 4 * 1, len1, true);
getDataViewMemory0().setInt32(arg0 + 4 * 0, ptr1, true);
}, arguments); },
__wbg_remove_9a5288388316028c: function(arg0) {
arg0.remove();
},
__wbg_remove_b41fe8b9d75f417e: function(arg0) {
arg0.remove();
},
__wbg_replaceState_8814bbf1e44e1990: function() { return handleError(function (arg0, arg1, arg2, arg3, arg4, arg5) {
arg0.replaceState(arg1, getStringFromWasm0(arg2, arg3), arg4 === 0 ? undefined : getStringFromWasm0(arg4, arg5));
}, arguments); },
__wbg_requestAnimationFrame_7b526ab7aa550c74: function() { return handleError(function (arg0, arg1) {
const ret = arg0.requestAnimationFrame(arg1);
return ret;
}, arguments); },
__wbg_requestIdleCallback_2a136f121a6ba8d4: function() { return handleError(function (arg0, arg1) {
const ret = arg0.requestIdleCallback(arg1);
return ret;
}, arguments); },
__wbg_resolve_0076e10020304ede: function(arg0) {
const ret = Promise.resolve(arg0);
return ret;
},
__wbg_respond_c102fabcc79e5ef0: function() { return handleError(function (arg0, arg1) {
arg0.respond(arg1 >>> 0);
}, arguments); },
__wbg_revokeObjectURL_479ff72c2d109d80: function() { return handleError(function (arg0, arg1) {
URL.revokeObjectURL(getStringFromWasm0(arg0, arg1));
}, arguments); },
__wbg_scrollIntoView_f6c27be4871460ef: function(arg0) {
arg0.scrollIntoView();
},
__wbg_scrollTo_5aa459d1fa86b073: function(arg0, arg1, arg2) {
arg0.scrollTo(arg1, arg2);
},
__wbg_scrollTop_6fe6db7638e11bc2: function(arg0) {
const ret = arg0.scrollTop;
return ret;
},
__wbg_searchParams_8c7a3f0cc72c149d: function(arg0) {
const ret = arg0.searchParams;
return ret;
},
__wbg_search_31c06ba77ebf51f4: function() { return handleError(function (arg0, arg1) {
const ret = arg1.search;
const ptr1 = passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
const len1 = WASM_VECTOR_LEN;
getDataViewMemory0().setInt32(arg0 + 4 * 1, len1, true);
getDataViewMemory0().setInt32(arg0 + 4 * 0, ptr1, true);
}, arguments); },
__wbg_search_954b87200feb24c7: function(arg0, arg1) {
const ret = arg1.search;
const ptr1 = passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
const len1 = WASM_VECTOR_LEN;
getDataViewMemory0().setInt32(arg0 + 4 * 1, len1, true);
getDataViewMemory0().setInt32(arg0 + 4 * 0, ptr1, true);
},
__wbg_search_c401c3a62c560ce7: function(arg0, arg1) {
const ret = arg1.search;
const ptr1 = passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
const len1 = WASM_VECTOR_LEN;
getDataViewMemory0().setInt32(arg0 + 4 * 1, len1, true);
getDataViewMemory0().setInt32(arg0 + 4 * 0, ptr1, true);
},
__wbg_select_2ecff207e9372789: function(arg0) {
arg0.select();
},
__wbg_setAttribute_9e7d603908f63705: function() { return handleError(function (arg0, arg1, arg2, arg3, arg4) {
arg0.setAttribute(getStringFromWasm0(arg1, arg2), getStringFromWasm0(arg3, arg4));
}, arguments); },
__wbg_setInterval_aa4e3d3f590ce835: function() { return handleError(function (arg0, arg1, arg2) {
const ret = arg0.setInterval(arg1, arg2);
return ret;
}, arguments); },
__wbg_setItem_c5fb0966b484ecd3: function() { return handleError(function (arg0, arg1, arg2, arg3, arg4) {
arg0.setItem(getStringFromWasm0(arg1, arg2), getStringFromWasm0(arg3, arg4));
}, arguments); },
__wbg_setProperty_097bc3d55ce44513: function() { return handleError(function (arg0, arg1, arg2, arg3, arg4) {
arg0.setProperty(getStringFromWasm0(arg1, arg2), getStringFromWasm0(arg3, arg4));
}, arguments); },
__wbg_setTimeout_db7bbc18a17e152a: function() { return handleError(function (arg0, arg1, arg2) {
const ret = arg0.setTimeout(arg1, arg2);
return ret;
}, arguments); },
__wbg_set_145a351398b48c65: function() { return handleError(function (arg0, arg1, arg2) {
const ret = Reflect.set(arg0, arg1, arg2);
return ret;
}, arguments); },
__wbg_set_315d6c6d8da88b31: function(arg0, arg1, arg2, arg3, arg4) {
arg0.set(getStringFromWasm0(arg1, arg2), getStringFromWasm0(arg3, arg4));
},
__wbg_set_575d3ddb70fe831d: function(arg0, arg1, arg2) {
arg0.set(getArrayU8FromWasm0(arg1, arg2));
},
__wbg_set_af5932e3f78b5648: function() { return handleError(function (arg0, arg1, arg2, arg3, arg4) {
arg0.set(getStringFromWasm0(arg1, arg2), getStringFromWasm0(arg3, arg4));
}, arguments); },
__wbg_set_body_1fb0f1008bfc7df6: function(arg0, arg1) {
arg0.body = arg1;
},
__wbg_set_cache_7507c4cc5938ccc7: function(arg0, arg1) {
arg0.cache = __wbindgen_enum_RequestCache[arg1];
},
__wbg_set_className_541fce5cd31918aa: function(arg0, arg1, arg2) {
arg0.className = getStringFromWasm0(arg1, arg2);
},
__wbg_set_credentials_e0dcce31ca532b7d: function(arg0, arg1) {
arg0.credentials = __wbindgen_enum_RequestCredentials[arg1];
},
__wbg_set_download_327e0fbad75893f0: function(arg0, arg1, arg2) {
arg0.download = getStringFromWasm0(arg1, arg2);
},
__wbg_set_headers_40ad33dcf016613f: function(arg0, arg1) {
arg0.headers = arg1;
},
__wbg_set_href_ee585939ef981346: function() { return handleError(function (arg0, arg1, arg2) {
arg0.href = getStringFromWasm0(arg1, arg2);
}, arguments); },
__wbg_set_href_f7219c6cbf6bedc3: function(arg0, arg1, arg2) {
arg0.href = getStringFromWasm0(arg1, arg2);
},
__wbg_set_innerHTML_7af59a832a09a074: function(arg0, arg1, arg2) {
arg0.innerHTML = getStringFromWasm0(arg1, arg2);
},
__wbg_set_method_dcb32343247ec427: function(arg0, arg1, arg2) {
arg0.method = getStringFromWasm0(arg1, arg2);
},
__wbg_set_nodeValue_e265de7160527936: function(arg0, arg1, arg2) {
arg0.nodeValue = arg1 === 0 ? undefined : getStringFromWasm0(arg1, arg2);
},
__wbg_set_open_3f67e457b6b67df9: function(arg0, arg1) {
arg0.open = arg1 !== 0;
},
__wbg_set_redirect_cc128ab2411da334: function(arg0, arg1) {
arg0.redirect = __wbindgen_enum_RequestRedirect[arg1];
},
__wbg_set_scrollTop_b7d4c4109ca5ccf9: function(arg0, arg1) {
arg0.scrollTop = arg1;
},
__wbg_set_search_de4e8694f3b52c24: function(arg0, arg1, arg2) {
arg0.search = getStringFromWasm0(arg1, arg2);
},
__wbg_set_signal_2dbd377604627f26: function(arg0, arg1) {
arg0.signal = arg1;
},
__wbg_set_textContent_6d6fc559f198055f: function(arg0, arg1, arg2) {
arg0.textContent = arg1 === 0 ? undefined : getStringFromWasm0(arg1, arg2);
},
__wbg_set_title_26e2c1657f5010ca: function(arg0, arg1, arg2) {
arg0.title = getStringFromWasm0(arg1, arg2);
},
__wbg_set_type_dcf75b2afa60c694: function(arg0, arg1, arg2) {
arg0.type = getStringFromWasm0(arg1, arg2);
},
__wbg_shiftKey_be6d5295ee392b33: function(arg0) {
const ret = arg0.shiftKey;
return ret;
},
__wbg_shiftKey_ecdc496db72e8a50: function(arg0) {
const ret = arg0.shiftKey;
return ret;
},
__wbg_showModal_605b55f2eee4f7b8: function() { return handleError(function (arg0) {
arg0.showModal();
}, arguments); },
__wbg_signal_e5a49a2d9c65b7f6: function(arg0) {
const ret = arg0.signal;
return ret;
},
__wbg_static_accessor_GLOBAL_266715b9d96ba635: function() {
const ret = typeof global === 'undefined' ? null : global;
return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
},
__wbg_static_accessor_GLOBAL_THIS_10fb7dc1ae063179: function() {
const ret = typeof globalThis === 'undefined' ? null : globalThis;
return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
},
__wbg_static_accessor_SELF_0b583911f537483a: function() {
const ret = typeof self === 'undefined' ? null : self;
return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
},
__wbg_static_accessor_WINDOW_d7f903d1508cbdc4: function() {
const ret = typeof window === 'undefined' ? null : window;
return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
},
__wbg_status_ce0a98d3c57125f3: function(arg0) {
const ret = arg0.status;
return ret;
},
__wbg_stopImmediatePropagation_9bcedd4bbc1fd172: function(arg0) {
arg0.stopImmediatePropagation();
},
__wbg_stopPropagation_effafbc3bc773f1c: function(arg0) {
arg0.stopPropagation();
},
__wbg_style_4bce24230e493a7c: function(arg0) {
const ret = arg0.style;
return ret;
},
__wbg_tagName_e83500df63beeee1: function(arg0, arg1) {
const ret = arg1.tagName;
const ptr1 = passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
const len1 = WASM_VECTOR_LEN;
getDataViewMemory0().setInt32(arg0 + 4 * 1, len1, true);
getDataViewMemory0().setInt32(arg0 + 4 * 0, ptr1, true);
},
__wbg_target_06001a88a30ea807: function(arg0, arg1) {
const ret = arg1.target;
const ptr1 = passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
const len1 = WASM_VECTOR_LEN;
getDataViewMemory0().setInt32(arg0 + 4 * 1, len1, true);
getDataViewMemory0().setInt32(arg0 + 4 * 0, ptr1, true);
},
__wbg_target_38ae9feb025b820c: function(arg0) {
const ret = arg0.target;
return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
},
__wbg_then_c949d5a25a4e78f8: function(arg0, arg1, arg2) {
const ret = arg0.then(arg1, arg2);
return ret;
},
__wbg_then_e71170d78fcf8954: function(arg0, arg1) {
const ret = arg0.then(arg1);
return ret;
},
__wbg_toString_0a6162345e699dea: function(arg0) {
const ret = arg0.toString();
return ret;
},
__wbg_toString_83fab3d7c865ecd3: function(arg0) {
const ret = arg0.toString();
return ret;
},
__wbg_url_7bfada5c2297bc70: function(arg0, arg1) {
const ret = arg1.url;
const ptr1 = passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
const len1 = WASM_VECTOR_LEN;
getDataViewMemory0().setInt32(arg0 + 4 * 1, len1, true);
getDataViewMemory0().setInt32(arg0 + 4 * 0, ptr1, true);
},
__wbg_value_05305a761dfa3e0e: function(arg0, arg1) {
const ret = arg1.value;
const ptr1 = passStringToWasm0(ret, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc);
const len1 = WASM_VECTOR_LEN;
getDataViewMemory0().setInt32(arg0 + 4 * 1, len1, true);
getDataViewMemory0().setInt32(arg0 + 4 * 0, ptr1, true);
},
__wbg_value_f3c585ee8f5ba40c: function(arg0) {
const ret = arg0.value;
return ret;
},
__wbg_view_9c570f33e8d6ab96: function(arg0) {
const ret = arg0.view;
return isLikeNone(ret) ? 0 : addToExternrefTable0(ret);
},
__wbg_writeText_79a2b37e525e9424: function(arg0, arg1, arg2) {
const ret = arg0.writeText(getStringFromWasm0(arg1, arg2));
return ret;
},
__wbindgen_generic_0000000000000001: function(arg0, arg1) {
const ret = makeMutClosure(arg0, arg1, _ZN12wasm_bindgen7convert8closures1_6invoke17h9b419a4f29c36b9eE);
return ret;
},
__wbindgen_generic_0000000000000002: function(arg0, arg1) {
const ret = makeMutClosure(arg0, arg1, _ZN12wasm_bindgen7convert8closures1_6invoke17hcb55faa8ae0f4c69E);
return ret;
},
__wbindgen_generic_0000000000000003: function(arg0, arg1) {
const ret = makeMutClosure(arg0, arg1, _ZN12wasm_bindgen7convert8closures1_6invoke17hb8ddcaeb5ef65c78E);
return ret;
},
__wbindgen_generic_0000000000000004: function(arg0, arg1) {
const ret = makeClosure(arg0, arg1, _ZN12wasm_bindgen7convert8closures1_6invoke17h86f2252cda110ba9E);
return ret;
},
__wbindgen_generic_0000000000000005: function(arg0, arg1) {
const ret = makeMutClosure(arg0, arg1, _ZN12wasm_bindgen7convert8closures1_6invoke17h4be3ad2ede8b6f6dE);
return ret;
},
__wbindgen_generic_0000000000000006: function(arg0) {
const ret = arg0;
return ret;
},
__wbindgen_generic_0000000000000007: function(arg0, arg1) {
const ret = getStringFromWasm0(arg0, arg1);
return ret;
},
__wbindgen_init_externref_table: function() {
const table = wasm.__wbindgen_externrefs;
const offset = table.grow(4);
table.set(0, undefined);
table.set(offset + 0, undefined);
table.set(offset + 1, null);
table.set(offset + 2, true);
table.set(offset + 3, false);
},
};
return {
__proto__: null,
"./engine-console_bg.js": import0,
"./__wasm_split.js": loaders,
};
}
function _ZN12wasm_bindgen7convert8closures1_6invoke17h86f2252cda110ba9E(arg0, arg1) {
wasm._ZN12wasm_bindgen7convert8closures1_6invoke17h86f2252cda110ba9E(arg0, arg1);
}
function _ZN12wasm_bindgen7convert8closures1_6invoke17h4be3ad2ede8b6f6dE(arg0, arg1) {
wasm._ZN12wasm_bindgen7convert8closures1_6invoke17h4be3ad2ede8b6f6dE(arg0, arg1);
}
function _ZN12wasm_bindgen7convert8closures1_6invoke17h9b419a4f29c36b9eE(arg0, arg1, arg2) {
wasm._ZN12wasm_bindgen7convert8closures1_6invoke17h9b419a4f29c36b9eE(arg0, arg1, arg2);
}
function _ZN12wasm_bindgen7convert8closures1_6invoke17hb8ddcaeb5ef65c78E(arg0, arg1, arg2) {
wasm._ZN12wasm_bindgen7convert8closures1_6invoke17hb8ddcaeb5ef65c78E(arg0, arg1, arg2);
}
function _ZN12wasm_bindgen7convert8closures1_6invoke17hcb55faa8ae0f4c69E(arg0, arg1, arg2) {
const ret = wasm._ZN12wasm_bindgen7convert8closures1_6invoke17hcb55faa8ae0f4c69E(arg0, arg1, arg2);
if (ret[1]) {
throw takeFromExternrefTable0(ret[0]);
}
}
function _ZN12wasm_bindgen7convert8closures1_6invoke17h7cef1d4c7d42424bE(arg0, arg1, arg2, arg3) {
wasm._ZN12wasm_bindgen7convert8closures1_6invoke17h7cef1d4c7d42424bE(arg0, arg1, arg2, arg3);
}
function _ZN12wasm_bindgen7convert8closures1_6invoke17hb90ddb222a23983cE(arg0, arg1, arg2, arg3) {
wasm._ZN12wasm_bindgen7convert8closures1_6invoke17hb90ddb222a23983cE(arg0, arg1, arg2, arg3);
}
const __wbindgen_enum_ReadableStreamType = ["bytes"];
const __wbindgen_enum_RequestCache = ["default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached"];
const __wbindgen_enum_RequestCredentials = ["omit", "same-origin", "include"];
const __wbindgen_enum_RequestRedirect = ["follow", "error", "manual"];
const IntoUnderlyingByteSourceFinalization = (typeof FinalizationRegistry === 'undefined')
? { register: () => {}, unregister: () => {} }
: new FinalizationRegistry(ptr => wasm.__wbg_intounderlyingbytesource_free(ptr, 1));
const IntoUnderlyingSinkFinalization = (typeof FinalizationRegistry === 'undefined')
? { register: () => {}, unregister: () => {} }
: new FinalizationRegistry(ptr => wasm.__wbg_intounderlyingsink_free(ptr, 1));
const IntoUnderlyingSourceFinalization = (typeof FinalizationRegistry === 'undefined')
? { register: () => {}, unregister: () => {} }
: new FinalizationRegistry(ptr => wasm.__wbg_intounderlyingsource_free(ptr, 1));
function addToExternrefTable0(obj) {
const idx = wasm.__externref_table_alloc();
wasm.__wbindgen_externrefs.set(idx, obj);
return idx;
}
const CLOSURE_DTORS = (typeof FinalizationRegistry === 'undefined')
? { register: () => {}, unregister: () => {} }
: new FinalizationRegistry(state => wasm.__wbindgen_destroy_closure(state.a, state.b));
function debugString(val) {
const type = typeof val;
if (type == 'number' || type == 'boolean' || val == null) {
return  `${val}`;
}
if (type == 'string') {
return `"${val}"`;
}
if (type == 'symbol') {
const description = val.description;
if (description == null) {
return 'Symbol';
} else {
return `Symbol(${description})`;
}
}
if (type == 'function') {
const name = val.name;
if (typeof name == 'string' && name.length > 0) {
return `Function(${name})`;
} else {
return 'Function';
}
}
if (Array.isArray(val)) {
const length = val.length;
let debug = '[';
if (length > 0) {
debug += debugString(val[0]);
}
for(let i = 1; i < length; i++) {
debug += ', ' + debugString(val[i]);
}
debug += ']';
return debug;
}
const builtInMatches = /\[object ([^\]]+)\]/.exec(toString.call(val));
let className;
if (builtInMatches && builtInMatches.length > 1) {
className = builtInMatches[1];
} else {
return toString.call(val);
}
if (className == 'Object') {
try {
return 'Object(' + JSON.stringify(val) + ')';
} catch (_) {
return 'Object';
}
}
if (val instanceof Error) {
return `${val.name}: ${val.message}\n${val.stack}`;
}
return className;
}
function getArrayU8FromWasm0(ptr, len) {
ptr = ptr >>> 0;
return getUint8ArrayMemory0().subarray(ptr / 1, ptr / 1 + len);
}
let cachedDataViewMemory0 = null;
function getDataViewMemory0() {
if (cachedDataViewMemory0 === null || cachedDataViewMemory0.buffer.detached === true || (cachedDataViewMemory0.buffer.detached === undefined && cachedDataViewMemory0.buffer !== wasm.memory.buffer)) {
cachedDataViewMemory0 = new DataView(wasm.memory.buffer);
}
return cachedDataViewMemory0;
}
function getStringFromWasm0(ptr, len) {
return decodeText(ptr >>> 0, len);
}
let cachedUint8ArrayMemory0 = null;
function getUint8ArrayMemory0() {
if (cachedUint8ArrayMemory0 === null || cachedUint8ArrayMemory0.byteLength === 0) {
cachedUint8ArrayMemory0 = new Uint8Array(wasm.memory.buffer);
}
return cachedUint8ArrayMemory0;
}
function handleError(f, args) {
try {
return f.apply(this, args);
} catch (e) {
const idx = addToExternrefTable0(e);
wasm.__wbindgen_exn_store(idx);
}
}
function isLikeNone(x) {
return x === undefined || x === null;
}
function makeClosure(arg0, arg1, f) {
const state = { a: arg0, b: arg1, cnt: 1 };
const real = (...args) => {
state.cnt++;
try {
return f(state.a, state.b, ...args);
} finally {
real._wbg_cb_unref();
}
};
real._wbg_cb_unref = () => {
if (--state.cnt === 0) {
wasm.__wbindgen_destroy_closure(state.a, state.b);
state.a = 0;
CLOSURE_DTORS.unregister(state);
}
};
CLOSURE_DTORS.register(real, state, state);
return real;
}
function makeMutClosure(arg0, arg1, f) {
const state = { a: arg0, b: arg1, cnt: 1 };
const real = (...args) => {
state.cnt++;
const a = state.a;
state.a = 0;
try {
return f(a, state.b, ...args);
} finally {
state.a = a;
real._wbg_cb_unref();
}
};
real._wbg_cb_unref = () => {
if (--state.cnt === 0) {
wasm.__wbindgen_destroy_closure(state.a, state.b);
state.a = 0;
CLOSURE_DTORS.unregister(state);
}
};
CLOSURE_DTORS.register(real, state, state);
return real;
}
function passStringToWasm0(arg, malloc, realloc) {
if (realloc === undefined) {
const buf = cachedTextEncoder.encode(arg);
const ptr = malloc(buf.length, 1) >>> 0;
getUint8ArrayMemory0().subarray(ptr, ptr + buf.length).set(buf);
WASM_VECTOR_LEN = buf.length;
return ptr;
}
let len = arg.length;
let ptr = malloc(len, 1) >>> 0;
const mem = getUint8ArrayMemory0();
let offset = 0;
for (; offset < len; offset++) {
const code = arg.charCodeAt(offset);
if (code > 0x7F) break;
mem[ptr + offset] = code;
}
if (offset !== len) {
if (offset !== 0) {
arg = arg.slice(offset);
}
ptr = realloc(ptr, len, len = offset + arg.length * 3, 1) >>> 0;
const view = getUint8ArrayMemory0().subarray(ptr + offset, ptr + len);
const ret = cachedTextEncoder.encodeInto(arg, view);
offset += ret.written;
ptr = realloc(ptr, len, offset, 1) >>> 0;
}
WASM_VECTOR_LEN = offset;
return ptr;
}
function takeFromExternrefTable0(idx) {
const value = wasm.__wbindgen_externrefs.get(idx);
wasm.__externref_table_dealloc(idx);
return value;
}
let cachedTextDecoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });
cachedTextDecoder.decode();
const MAX_SAFARI_DECODE_BYTES = 2146435072;
let numBytesDecoded = 0;
function decodeText(ptr, len) {
numBytesDecoded += len;
if (numBytesDecoded >= MAX_SAFARI_DECODE_BYTES) {
cachedTextDecoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });
cachedTextDecoder.decode();
numBytesDecoded = len;
}
return cachedTextDecoder.decode(getUint8ArrayMemory0().subarray(ptr, ptr + len));
}
const cachedTextEncoder = new TextEncoder();
if (!('encodeInto' in cachedTextEncoder)) {
cachedTextEncoder.encodeInto = function (arg, view) {
const buf = cachedTextEncoder.encode(arg);
view.set(buf);
return {
read: arg.length,
written: buf.length
};
};
}
let WASM_VECTOR_LEN = 0;
let wasmModule, wasmInstance, wasm;
function __wbg_finalize_init(instance, module) {
wasmInstance = instance;
wasm = instance.exports;
wasmModule = module;
cachedDataViewMemory0 = null;
cachedUint8ArrayMemory0 = null;
wasm.__wbindgen_start();
return wasm;
}
async function __wbg_load(module, imports) {
if (typeof Response === 'function' && module instanceof Response) {
if (!module.ok) {
throw new Error(`failed to fetch Wasm: ${module.status} ${module.statusText} fetching '${module.url}'`);
}
if (typeof WebAssembly.instantiateStreaming === 'function') {
try {
return await WebAssembly.instantiateStreaming(module, imports);
} catch (e) {
const validResponse = expectedResponseType(module.type);
if (validResponse && module.headers.get('Content-Type') !== 'application/wasm') {
console.warn("`WebAssembly.instantiateStreaming` failed because your server does not serve Wasm with `application/wasm` MIME type. Falling back to `WebAssembly.instantiate` which is slower. Original error:\n", e);
} else { throw e; }
}
}
const bytes = await module.arrayBuffer();
return await WebAssembly.instantiate(bytes, imports);
} else {
const instance = await WebAssembly.instantiate(module, imports);
if (instance instanceof WebAssembly.Instance) {
return { instance, module };
} else {
return instance;
}
}
function expectedResponseType(type) {
switch (type) {
case 'basic': case 'cors': case 'default': return true;
}
return false;
}
}
function initSync(module) {
if (wasm !== undefined) return wasm;
if (module !== undefined) {
if (Object.getPrototypeOf(module) === Object.prototype) {
({module} = module)
} else {
console.warn('using deprecated parameters for `initSync()`; pass a single object instead')
}
}
const imports = __wbg_get_imports();
if (!(module instanceof WebAssembly.Module)) {
module = new WebAssembly.Module(module);
}
const instance = new WebAssembly.Instance(module, imports);
return __wbg_finalize_init(instance, module);
}
async function __wbg_init(module_or_path) {
if (wasm !== undefined) return wasm;
if (module_or_path !== undefined) {
if (Object.getPrototypeOf(module_or_path) === Object.prototype) {
({module_or_path} = module_or_path)
} else {
console.warn('using deprecated parameters for the initialization function; pass a single object instead')
}
}
const imports = __wbg_get_imports();
if (typeof module_or_path === 'string' || (typeof Request === 'function' && module_or_path instanceof Request) || (typeof URL === 'function' && module_or_path instanceof URL)) {
module_or_path = fetch(module_or_path);
}
const { instance, module } = await __wbg_load(await module_or_path, imports);
return __wbg_finalize_init(instance, module);
}
export { initSync, __wbg_init as default };
const loaders = (() => {
const asked = new Set();
const take = (name) => {
const part = fetch(new URL(name, import.meta.url), { cache: asked.has(name) ? "reload" : "default" });
asked.add(name);
return part;
};
let sharedImports = undefined;
function getSharedImports() {
if (sharedImports === undefined) {
sharedImports = { __wasm_split: {  } };
const { __indirect_function_table, __wasm_split_shared0, memory,  } = initSync(undefined, undefined);
Object.assign(sharedImports.__wasm_split, { __indirect_function_table, __wasm_split_shared0, memory,  });
}
return sharedImports;
}
function wrapAsyncCb(callee) {
return async (callbackIndex, callbackData) => {
let success;
try {
await callee();
success = true;
} catch (e) {
console.warn(e);
success = false;
} finally {
const sharedImports = getSharedImports();
sharedImports.__wasm_split.__indirect_function_table.get(callbackIndex)(callbackData, success);
}
}
}
function makeLoad(fetcher, deps) {
const loader = async () => {
const parallelStuff = deps.map(d => d());
const instantiate = fetcher();
await Promise.all(parallelStuff);
const imports = getSharedImports();
return instantiate(imports);
};
let loadingModule = undefined;
return () => {
if (loadingModule === undefined) {
const thisLoad = loader();
thisLoad.catch(() => {
if (loadingModule === thisLoad) loadingModule = undefined;
});
loadingModule = thisLoad;
}
return loadingModule;
}
}
const __chunk_6 = makeLoad(() => {
const src = take("part-shared-6-d1c68183fd1da630.wasm");
src.catch(() => {});
return async (imports) => (WebAssembly.instantiateStreaming(src, imports));
}
, []);
const __chunk_7 = makeLoad(() => {
const src = take("part-shared-7-629aa82602c49e2e.wasm");
src.catch(() => {});
return async (imports) => (WebAssembly.instantiateStreaming(src, imports));
}
, []);
const __chunk_8 = makeLoad(() => {
const src = take("part-shared-8-d9d805e85bc71ef6.wasm");
src.catch(() => {});
return async (imports) => (WebAssembly.instantiateStreaming(src, imports));
}
, []);
const __chunk_9 = makeLoad(() => {
const src = take("part-shared-9-1fa1b4ddfb11b237.wasm");
src.catch(() => {});
return async (imports) => (WebAssembly.instantiateStreaming(src, imports));
}
, []);
const __chunk_10 = makeLoad(() => {
const src = take("part-shared-10-4b1ad6e9dc7dba18.wasm");
src.catch(() => {});
return async (imports) => (WebAssembly.instantiateStreaming(src, imports));
}
, []);
const __chunk_11 = makeLoad(() => {
const src = take("part-shared-11-1de1175b115845db.wasm");
src.catch(() => {});
return async (imports) => (WebAssembly.instantiateStreaming(src, imports));
}
, []);
const __chunk_12 = makeLoad(() => {
const src = take("part-shared-12-272f6cf69d28604e.wasm");
src.catch(() => {});
return async (imports) => (WebAssembly.instantiateStreaming(src, imports));
}
, []);
const __chunk_13 = makeLoad(() => {
const src = take("part-shared-13-882c212f39cb3d43.wasm");
src.catch(() => {});
return async (imports) => (WebAssembly.instantiateStreaming(src, imports));
}
, []);
const __chunk_14 = makeLoad(() => {
const src = take("part-shared-14-247a93a2c6096a49.wasm");
src.catch(() => {});
return async (imports) => (WebAssembly.instantiateStreaming(src, imports));
}
, []);
const __chunk_15 = makeLoad(() => {
const src = take("part-shared-15-fee30367bd19d1eb.wasm");
src.catch(() => {});
return async (imports) => (WebAssembly.instantiateStreaming(src, imports));
}
, []);
const __chunk_16 = makeLoad(() => {
const src = take("part-shared-16-e5a1e6c8d975c5ec.wasm");
src.catch(() => {});
return async (imports) => (WebAssembly.instantiateStreaming(src, imports));
}
, []);
const __wasm_split_load_sites = wrapAsyncCb(makeLoad(() => {
const src = take("part-sites-cda6289064968a7a.wasm");
src.catch(() => {});
return async (imports) => (WebAssembly.instantiateStreaming(src, imports));
}
, [__chunk_16]));
const __wasm_split_load_pools = wrapAsyncCb(makeLoad(() => {
const src = take("part-pools-13d1efa0a0f843d8.wasm");
src.catch(() => {});
return async (imports) => (WebAssembly.instantiateStreaming(src, imports));
}
, [__chunk_8, __chunk_10, __chunk_11, __chunk_13, __chunk_14, __chunk_15, __chunk_16]));
const __wasm_split_load_engine = wrapAsyncCb(makeLoad(() => {
const src = take("part-engine-6c418e8e4de8acf5.wasm");
src.catch(() => {});
return async (imports) => (WebAssembly.instantiateStreaming(src, imports));
}
, [__chunk_7, __chunk_8, __chunk_9, __chunk_10, __chunk_12, __chunk_13, __chunk_15]));
const __wasm_split_load_dialogs = wrapAsyncCb(makeLoad(() => {
const src = take("part-dialogs-cea69d003867c4d0.wasm");
src.catch(() => {});
return async (imports) => (WebAssembly.instantiateStreaming(src, imports));
}
, [__chunk_6, __chunk_7, __chunk_8, __chunk_12, __chunk_13, __chunk_14]));
const __wasm_split_load_administration = wrapAsyncCb(makeLoad(() => {
const src = take("part-administration-efb6db2f4beeb39a.wasm");
src.catch(() => {});
return async (imports) => (WebAssembly.instantiateStreaming(src, imports));
}
, [__chunk_6, __chunk_7, __chunk_8, __chunk_9, __chunk_10, __chunk_11]));
return { __wasm_split_load_sites, __wasm_split_load_pools, __wasm_split_load_engine, __wasm_split_load_dialogs, __wasm_split_load_administration };
})();
