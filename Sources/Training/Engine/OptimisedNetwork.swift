/// The view of a network that an optimiser needs: flat arrays of parameters, gradients and running statistics, laid out
/// by `layout`.
package protocol OptimisedNetwork: AnyObject {
  var layout: ParameterLayout { get }
  var lanes: Lanes { get }
  var parameterBuffer: FloatBuffer { get }
  var gradientBuffer: FloatBuffer { get }
  var statisticBuffer: FloatBuffer { get }
}
